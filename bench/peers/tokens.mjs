// The least that a JWT costs: HS256 by node:crypto and the time it ends. No issuer, no audience, no revocation.
import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET = 'a secret of the benchmark, nobody else needs it';
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
const LIFETIME_SECONDS = 3600;

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signatureOf(signed) {
  return createHmac('sha256', SECRET).update(signed).digest();
}

export function signPeerToken(claims) {
  const signed = `${HEADER}.${encode({ ...claims, exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS })}`;
  return `${signed}.${signatureOf(signed).toString('base64url')}`;
}

/** Whether the URL's `token` was signed by us and has not ended. */
export function isPeerToken(url) {
  const [header, payload, signature] = (new URL(url, 'ws://peer').searchParams.get('token') ?? '').split('.');
  const expected = signatureOf(`${header}.${payload}`);
  const given = Buffer.from(signature ?? '', 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).exp > Date.now() / 1000;
}
