// Which pages may connect.
import { describe, expect, it } from 'vitest';
import { OriginPolicy } from './origin-policy.js';

const HOST = 'chat.example.com';

describe('without a list', () => {
  const policy = new OriginPolicy(undefined);

  it.each(['https://chat.example.com', 'http://chat.example.com', 'https://CHAT.example.com', 'https://chat.example.com:443'])(
    'a page of the same host, %s, is let through',
    (origin) => expect(policy.allows(origin, HOST)).toBe(true),
  );

  it.each([
    'https://evil.example',
    'null',
    '',
    'https://chat.example.com.evil.example',
    'https://evil-chat.example.com',
    'https://chat.example.com.',
    'https://chat.example.com:8443',
    'https://chat.example.com@evil.example',
    'https://evil.example/chat.example.com',
    'https://evil.example#chat.example.com',
    'chat.example.com',
    '//chat.example.com',
    'https://chat.example.com, https://evil.example',
  ])('a page of %j is not', (origin) => expect(policy.allows(origin, HOST)).toBe(false));

  it('the port counts, but for the one that the scheme implies', () => {
    expect(policy.allows('http://localhost:8000', 'localhost:8000')).toBe(true);
    expect(policy.allows('http://localhost:3000', 'localhost:8000')).toBe(false);
    expect(policy.allows('http://localhost', 'localhost:80')).toBe(true);
    expect(policy.allows('https://localhost', 'localhost:80')).toBe(false);
    expect(policy.allows('http://[::1]:8000', '[::1]:8000')).toBe(true);
  });

  it('a request without a Host has no pages of its host', () => expect(policy.allows('https://chat.example.com', undefined)).toBe(false));

  it('what names no origin comes from no browser', () => expect(policy.allows(undefined, HOST)).toBe(true));
});

describe('with a list', () => {
  const policy = new OriginPolicy('https://good.example, http://localhost:3000');

  it.each(['https://good.example', 'https://GOOD.example', 'https://good.example:443', 'http://localhost:3000'])('%s is let through', (origin) =>
    expect(policy.allows(origin, HOST)).toBe(true),
  );

  it.each(['http://good.example', 'https://good.example:8443', 'https://a.good.example', 'https://notgood.example', 'https://chat.example.com', 'null'])(
    '%s is not',
    (origin) => expect(policy.allows(origin, HOST)).toBe(false),
  );
});

describe('with *', () => {
  it.each(['https://evil.example', 'null', 'anything'])('%s is let through', (origin) => expect(new OriginPolicy('*').allows(origin, HOST)).toBe(true));
});
