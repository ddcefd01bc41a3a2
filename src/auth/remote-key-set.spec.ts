// When a key set is fetched, and which of its keys count.
import { gzipSync } from 'node:zlib';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { KeyServer } from '../../test/support/key-server.js';
import { SigningKey } from '../../test/support/signing-key.js';
import { RemoteKeySet } from './remote-key-set.js';

const MINUTE_MS = 60_000;
const known = SigningKey.create('ES256', 'known');
const other = SigningKey.create('EdDSA', 'other');
const stranger = SigningKey.create('ES256', 'stranger');

let server: KeyServer;
let keySet: RemoteKeySet;
let now: number;
let failures: unknown[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = await KeyServer.start(known);
  now = 1000;
  failures = [];
  keySet = new RemoteKeySet(server.url, { now: () => now }, { failed: (cause) => failures.push(cause) });
});
afterEach(async () => {
  keySet.stop();
  await server.stop();
  vi.useRealTimers();
});

/** Whether the set lets in what a key signs. */
const letsIn = (key: SigningKey, header: Record<string, unknown> = {}): Promise<boolean> =>
  jwtVerify(key.sign({ sub: 'alice' }, header), keySet.key).then(
    () => true,
    () => false,
  );
const letIn = (keys: readonly SigningKey[]): Promise<boolean[]> => Promise.all(keys.map((key) => letsIn(key)));

/** Resolves when the server has been asked so often, and not only then. */
const fetched = (count: number): Promise<unknown> => eventually(`${count} fetches`, () => server.fetches >= count);

describe('a key set', () => {
  it('is fetched once at the start, however many tokens wait for it', async () => {
    keySet.start();
    expect(await letIn(Array.from({ length: 20 }, () => known))).toEqual(Array.from({ length: 20 }, () => true));
    expect(server.fetches).toBe(1);
  });

  it('is fetched again every five minutes: a key that was taken out counts no more', async () => {
    keySet.start();
    expect(await letIn([known, other])).toEqual([true, false]);
    const before = server.fetches;
    server.serve(other);
    now += 4 * MINUTE_MS;
    vi.advanceTimersByTime(4 * MINUTE_MS);
    expect(server.fetches).toBe(before);
    vi.advanceTimersByTime(MINUTE_MS);
    await fetched(before + 1);
    await eventually('the new set', async () => !(await letsIn(known)));
    expect(await letsIn(other)).toBe(true);
  });

  it('is not fetched any more once it has been stopped', async () => {
    keySet.start();
    await letsIn(known);
    keySet.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is fetched for a key that it lacks at most once a minute, whoever asks and whatever the answer', async () => {
    keySet.start();
    await letsIn(known);
    const storm = () => Promise.all(Array.from({ length: 100 }, (_value, i) => letsIn(stranger, { kid: `stranger-${i}` })));
    for (const minute of [1, 2, 3]) {
      if (minute === 2) server.respond((_request, response) => void response.destroy());
      expect(new Set(await storm())).toEqual(new Set([false]));
      expect(new Set(await storm())).toEqual(new Set([false]));
      now += MINUTE_MS - 1;
      expect(await letsIn(stranger)).toBe(false);
      expect(server.fetches).toBe(1 + minute);
      now += 1;
    }
    expect(failures).toHaveLength(2);
    server.serve(known, stranger);
    expect(await letIn([stranger, known])).toEqual([true, true]);
    expect(server.fetches).toBe(5);
  });

  it('that could not be fetched yet is asked for at most every two seconds', async () => {
    server.respond((_request, response) => void response.writeHead(503).end());
    keySet.start();
    for (const attempt of [1, 2, 3]) {
      expect(await letIn([known, known, stranger])).toEqual([false, false, false]);
      now += 1999;
      expect(await letsIn(known)).toBe(false);
      expect(server.fetches).toBe(attempt);
      now += 1;
    }
    server.serve(known);
    expect(await letsIn(known)).toBe(true);
    expect(failures.map(String)).toEqual(Array.from({ length: 3 }, () => 'Error: The key set was answered with status 503'));
  });

  it.each<[string, () => void, RegExp]>([
    ['the key server is away', () => server.respond((_request, response) => void response.destroy()), /fetch failed/],
    ['it is no JSON', () => server.serveText('<html>'), /JSON/],
    ['it has no keys', () => server.serve(), /holds no public key/],
    ['it is a list', () => server.serveText('[]'), /is no key set/],
    ['it is too deep', () => server.serveText('['.repeat(200_000)), /JSON|stack/],
    ['it is too large', () => server.serveText(JSON.stringify({ keys: [stranger.jwk], pad: 'x'.repeat(600_000) })), /more than 524288 bytes/],
    ['it unpacks to too much', () => server.respond((_request, response) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(JSON.stringify({ keys: [stranger.jwk], pad: 'x'.repeat(600_000) })))), /more than 524288 bytes/],
    ['it is elsewhere', () => server.respond(({ url }, response) => void (url === '/keys' ? response.writeHead(302, { Location: '/moved' }).end() : response.end(JSON.stringify({ keys: [stranger.jwk] })))), /fetch failed/],
  ])('goes on counting while %s', async (_why, spoil, failure) => {
    keySet.start();
    await letsIn(known);
    spoil();
    expect(await letIn([stranger, known])).toEqual([false, true]);
    expect(server.asked).toEqual(['/keys', '/keys']);
    expect(failures).toHaveLength(1);
    expect(String(failures[0])).toMatch(failure);
  });

  it.each<[string, () => void]>([
    ['never comes', () => server.respond(() => undefined)],
    ['never ends', () => server.respond((_request, response) => void response.writeHead(200).write('{"keys":['))],
  ])('whose answer %s is given up', async (_what, spoil) => {
    keySet.start();
    await letsIn(known);
    spoil();
    expect(await letsIn(stranger)).toBe(false);
    expect(failures).toMatchObject([{ name: 'TimeoutError' }]);
    expect(await letsIn(known)).toBe(true);
  });
});

describe('of the keys in a set', () => {
  const served = (...keys: object[]): void => server.serveText(JSON.stringify({ keys }));

  it.each<[string, () => object]>([
    ['a secret', () => ({ kty: 'oct', k: 'c2VjcmV0', kid: known.kid, alg: 'HS256' })],
    ['a private key', () => ({ ...known.privateKey.export({ format: 'jwk' }), kid: known.kid })],
    ['a key for encryption', () => ({ ...known.jwk, use: 'enc' })],
    ['a key for another algorithm', () => ({ ...known.jwk, alg: 'ES384' })],
    ['a key for other operations', () => ({ ...known.jwk, use: undefined, key_ops: ['sign'] })],
    ['a key of no kind', () => ({ kid: known.kid })],
    ['what is no key', () => ['key']],
  ])('%s does not count, and those beside it do', async (_what, bad) => {
    served(bad(), other.jwk);
    keySet.start();
    expect(await letIn([known, other])).toEqual([false, true]);
  });

  it('a private key does not stand in the way of the public one of its name', async () => {
    served({ ...known.privateKey.export({ format: 'jwk' }), kid: known.kid }, known.jwk);
    keySet.start();
    expect(await letsIn(known)).toBe(true);
  });

  it('the RSA keys have at least 2,048 bits', async () => {
    const short = SigningKey.create('RS256', 'short', 1024);
    served(short.jwk, other.jwk);
    keySet.start();
    expect(await letIn([short, other])).toEqual([false, true]);
  });

  it('one is found for a token without kid when only one fits', async () => {
    const nameless = { kid: undefined };
    served(known.jwk, other.jwk);
    keySet.start();
    expect([await letsIn(known, nameless), await letsIn(other, nameless), await letsIn(stranger, nameless)]).toEqual([true, true, false]);
  });

  it('none is taken for a token without kid when several fit', async () => {
    served(known.jwk, stranger.jwk);
    keySet.start();
    expect([await letsIn(known, { kid: undefined }), await letsIn(known)]).toEqual([false, true]);
  });

  it('one without a kid of its own is not found by a token that names one', async () => {
    served({ ...known.jwk, kid: undefined });
    keySet.start();
    expect([await letsIn(known), await letsIn(known, { kid: undefined })]).toEqual([false, true]);
  });
});
