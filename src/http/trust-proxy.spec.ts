// Whose X-Forwarded-For counts.
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, trustedProxies } from './trust-proxy.js';

function address(setting: string, remoteAddress: string | undefined, forwarded?: string): string {
  const request = { socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } };
  return clientAddress(request as unknown as IncomingMessage, trustedProxies(setting));
}

describe('the address of a client', () => {
  it.each([
    ['false', '10.0.0.1', '203.0.113.7', '10.0.0.1'],
    ['true', '10.0.0.1', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['1', '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2', '10.0.0.1', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['10.0.0.0/8', '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['10.0.0.0/8, 203.0.113.7', '10.0.0.1', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['10.0.0.0/8', '192.0.2.9', '198.51.100.1', '192.0.2.9'],
    ['loopback', '::ffff:127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['loopback', '::1', '2001:db8::7', '2001:db8::7'],
    ['true', '10.0.0.1', 'made-up-1', '10.0.0.1'],
    ['loopback', '127.0.0.1', 'unknown, 203.0.113.7', '203.0.113.7'],
  ])('with TRUST_PROXY=%s, from %s with X-Forwarded-For %j, is %s', (setting, remote, forwarded, expected) =>
    expect(address(setting, remote, forwarded)).toBe(expected),
  );

  it('is empty for a peer that has reset already', () => {
    expect(address('loopback', undefined)).toBe('');
    expect(address('true', undefined)).toBe('');
  });

  it('is that of the socket without a header, and never written as a mapped one', () => {
    expect(address('loopback', '::ffff:192.0.2.9')).toBe('192.0.2.9');
  });
});

describe('a setting', () => {
  it.each(['999.0.0.1', '10.0.0.0/99'])('%j is refused by its name', (setting) => {
    expect(() => trustedProxies(setting)).toThrow(/^TRUST_PROXY is /);
  });
});
