// The least that checking a JWT costs: HS256 by node:crypto and the time it ends. No issuer, no audience, no revocation.
import { timingSafeEqual } from 'node:crypto';
import { signatureOf, signToken } from '../hs256.mjs';

const SECRET = 'a secret of the benchmark, nobody else needs it';

export function signPeerToken(claims) {
  return signToken(SECRET, claims);
}

/** Whether the URL's `token` was signed by us and has not ended. */
export function isPeerToken(url) {
  const [header, payload, signature] = (new URL(url, 'ws://peer').searchParams.get('token') ?? '').split('.');
  const expected = signatureOf(SECRET, `${header}.${payload}`);
  const given = Buffer.from(signature ?? '', 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).exp > Date.now() / 1000;
}
