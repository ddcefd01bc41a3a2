// What a token must be to be taken for its bearer, and that a refusal gives nothing away.
import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { describe, expect, it } from 'vitest';
import { type Settings } from '../config/index.js';
import { ChatError } from '../protocol/index.js';
import { JwtTokenVerifier, MAX_TOKEN_BYTES } from './jwt-token-verifier.js';
import { SharedSecretVerifier } from './shared-secret-verifier.js';

const SECRET = 'a secret of at least thirty-two bytes';
const NOW_SECONDS = 1_700_000_000;
const TOLERANCE_SECONDS = 5;
const clock = { now: () => NOW_SECONDS * 1000 };
const claims = { sub: 'alice', exp: NOW_SECONDS + 60 };

function verifier(settings: Partial<Settings> = {}): JwtTokenVerifier {
  const all = { jwtSecret: SECRET, jwtClockToleranceSeconds: TOLERANCE_SECONDS, ...settings } as Settings;
  return new JwtTokenVerifier(new SharedSecretVerifier(new JwtService(), createSecretKey(Buffer.from(SECRET)), all, clock), all, clock);
}

/** Signs as written, so that what a library would refuse to make can be made. */
function sign(payload: object | string, { header = {}, digest = 'sha256', secret = SECRET }: { header?: object; digest?: string; secret?: string } = {}): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signed = [JSON.stringify({ alg: 'HS256', typ: 'JWT', ...header }), text].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${signed}.${createHmac(digest, secret).update(signed).digest('base64url')}`;
}

async function refusalOf(token: string, settings?: Partial<Settings>): Promise<ChatError> {
  return verifier(settings)
    .verify(token)
    .then(
      () => expect.unreachable('the token was accepted'),
      (error: ChatError) => error,
    );
}

describe('JwtTokenVerifier', () => {
  it('reads the bearer from the claims', async () => {
    const token = sign({ ...claims, tenant: 'acme', scope: 'publish  receive:message', jti: 'one', iat: NOW_SECONDS - 10 });
    expect(await verifier().verify(token)).toEqual({
      clientId: 'alice',
      tenant: 'acme',
      scopes: new Set(['publish', 'receive:message']),
      expiresAt: (NOW_SECONDS + 60 + TOLERANCE_SECONDS) * 1000,
      tokenId: 'one',
      issuedAt: (NOW_SECONDS - 10) * 1000,
    });
  });

  it('takes a token without tenant and scope for an ordinary client of the default tenant', async () => {
    const principal = await verifier().verify(sign(claims));
    expect(principal).toMatchObject({ tenant: 'default', scopes: new Set() });
    expect(principal).not.toHaveProperty('tokenId');
  });

  it('accepts a token that expired within the clock tolerance, and says from when on it is refused', async () => {
    const principal = await verifier().verify(sign({ ...claims, exp: NOW_SECONDS - TOLERANCE_SECONDS + 1 }));
    expect(principal.expiresAt).toBe(clock.now() + 1000);
  });

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const unsigned = sign(claims, { header: { alg: 'none' } });
  const [header, , signature] = sign(claims).split('.');

  it.each([
    ['nothing', ''],
    ['what is no token', 'not a token'],
    ['algorithm none without a signature', `${unsigned.split('.').slice(0, 2).join('.')}.`],
    ['algorithm none with a signature', unsigned],
    ['another algorithm with the right secret: HS512', sign(claims, { header: { alg: 'HS512' }, digest: 'sha512' })],
    ['an asymmetric algorithm', new JwtService().sign(claims, { privateKey, algorithm: 'RS256' })],
    ['another secret', sign(claims, { secret: 'another secret of thirty-two bytes' })],
    ['a changed payload', [header, Buffer.from(JSON.stringify({ ...claims, sub: 'bob' })).toString('base64url'), signature].join('.')],
    ['an unknown critical extension', sign(claims, { header: { crit: ['exp'] } })],
    ['a payload that is no object', sign('"alice"')],
    ['no exp', sign({ sub: 'alice' })],
    ['an exp that is no number', sign({ ...claims, exp: String(NOW_SECONDS + 60) })],
    ['an exp that never comes', sign(`{"sub":"alice","exp":1e999}`)],
    ['an exp in the past', sign({ ...claims, exp: NOW_SECONDS - TOLERANCE_SECONDS })],
    ['an nbf in the future', sign({ ...claims, nbf: NOW_SECONDS + 60 })],
    ['no sub', sign({ exp: claims.exp })],
    ['a sub that is no string', sign({ ...claims, sub: 7 })],
    ['a sub with a slash', sign({ ...claims, sub: 'a/b' })],
    ['a sub with a line break at its end', sign({ ...claims, sub: 'alice\n' })],
    ['a sub of 129 characters', sign({ ...claims, sub: 'a'.repeat(129) })],
    ['a tenant that is no id', sign({ ...claims, tenant: '../other' })],
    ['a scope that is no string', sign({ ...claims, scope: ['admin'] })],
    ['a jti that is no string', sign({ ...claims, jti: { $ne: 1 } })],
    ['a token of more than 8 KB', sign({ ...claims, padding: 'x'.repeat(MAX_TOKEN_BYTES) })],
  ])('refuses %s', async (_what, token) => {
    expect((await refusalOf(token)).code).toBe('UNAUTHENTICATED');
  });

  it('refuses another issuer or audience, and their absence, when settings name them', async () => {
    const settings = { jwtIssuer: 'https://login.example', jwtAudience: 'chat' };
    const right = { ...claims, iss: settings.jwtIssuer, aud: ['mail', 'chat'] };
    expect(await verifier(settings).verify(sign(right))).toMatchObject({ clientId: 'alice' });
    for (const wrong of [{ ...right, iss: 'https://evil.example' }, { ...right, aud: 'mail' }, claims]) {
      expect((await refusalOf(sign(wrong), settings)).code).toBe('UNAUTHENTICATED');
    }
  });

  it('says the same of every refused token, and nothing of what is in it', async () => {
    const refusals = await Promise.all(['{"secret"', sign({ ...claims, exp: 1 }), sign({ exp: claims.exp })].map((token) => refusalOf(token)));
    for (const error of refusals) {
      expect(error).toBeInstanceOf(ChatError);
      expect(error.message).toBe('A valid bearer token is required');
      expect(error.details).toEqual({});
      expect(error.cause).toBeUndefined();
    }
  });
});
