// JWTs signed with HS256, by node:crypto alone.
import { createHmac } from 'node:crypto';

const LIFETIME_SECONDS = 3600;
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The signature of a token's first two parts, as bytes. */
export function signatureOf(secret, unsigned) {
  return createHmac('sha256', secret).update(unsigned).digest();
}

/** A token that ends in an hour. */
export function signToken(secret, claims) {
  const unsigned = `${HEADER}.${encode({ ...claims, exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS })}`;
  return `${unsigned}.${signatureOf(secret, unsigned).toString('base64url')}`;
}
