// Keys of every kind, and key sets at an address: which tokens they let in, and what the key server sees.
import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { KeyServer } from '../support/key-server.js';
import { ServerProcess } from '../support/server-process.js';
import { type Algorithm, SigningKey } from '../support/signing-key.js';
import { signToken } from '../support/tokens.js';
import { ACCEPTED, present, REFUSED } from './tokens/presented.js';

const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const keys = new Map(ALGORITHMS.map((algorithm) => [algorithm, SigningKey.create(algorithm)]));
const keyOf = (algorithm: Algorithm): SigningKey => keys.get(algorithm) as SigningKey;
const alice = { sub: 'alice' };

async function startWith(settings: Record<string, string>): Promise<ServerProcess> {
  const server = new ServerProcess({ JWT_SECRET: '', ...settings });
  onTestFinished(() => server.destroy());
  return server.start();
}

describe('a key set', () => {
  let keyServer: KeyServer;
  const server: { process?: ServerProcess } = {};
  const target = (): ServerProcess => server.process as ServerProcess;

  beforeAll(async () => {
    keyServer = await KeyServer.start(...keys.values());
    server.process = await new ServerProcess({ JWT_SECRET: '', JWT_JWKS_URI: keyServer.url }).start();
  });
  afterAll(() => Promise.all([target().destroy(), keyServer.stop()]));

  it.each(ALGORITHMS)('lets in tokens signed with %s, and is fetched once for all of them', async (algorithm) => {
    expect(await present(target(), keyOf(algorithm).sign(alice))).toEqual(ACCEPTED);
    expect(keyServer.fetches).toBe(1);
  });

  it('lets in a key that is new since, and is asked no more than once for all the keys that nobody knows', async () => {
    const newcomer = SigningKey.create('ES256', 'new');
    keyServer.serve(...keys.values(), newcomer);
    expect(await present(target(), newcomer.sign(alice))).toEqual(ACCEPTED);
    expect(keyServer.fetches).toBe(2);
    const unknown = SigningKey.create('ES256', 'unknown');
    const storm = Array.from({ length: 30 }, (_value, i) => present(target(), unknown.sign(alice, { kid: `unknown-${i}` })));
    expect(new Set((await Promise.all(storm)).map((answers) => JSON.stringify(answers)))).toEqual(new Set([JSON.stringify(REFUSED)]));
    expect(keyServer.fetches).toBe(2);
  });

  it('does not let in a token that names one key and is signed with another, or uses a key for another algorithm', async () => {
    expect(await present(target(), SigningKey.create('ES256', 'key-ES256').sign(alice))).toEqual(REFUSED);
    expect(await present(target(), keyOf('RS256').sign(alice, { alg: 'PS256' }))).toEqual(REFUSED);
    expect(await present(target(), keyOf('ES256').sign(alice, { kid: 'key-ES384' }))).toEqual(REFUSED);
    expect(await present(target(), signToken(alice, keyOf('RS256').pem))).toEqual(REFUSED);
  });

  it.each(ALGORITHMS)('does not let in a signature with %s that is cut short, made longer, changed, empty or all zeros', async (algorithm) => {
    const token = keyOf(algorithm).sign(alice);
    const signed = token.slice(0, token.lastIndexOf('.') + 1);
    const signature = Buffer.from(token.slice(signed.length), 'base64url');
    const { length } = signature;
    const changed = Buffer.from(signature);
    changed[length - 1] ^= 1;
    const wrong = [signature.subarray(0, -1), signature.subarray(1), Buffer.concat([signature, Buffer.alloc(1)]), Buffer.concat([Buffer.alloc(1), signature]), changed, Buffer.alloc(0), Buffer.alloc(length)];
    for (const bytes of wrong) expect(await present(target(), signed + bytes.toString('base64url'))).toEqual(REFUSED);
    expect(await present(target(), signed + signature.toString('base64url'))).toEqual(ACCEPTED);
  });

  it('does not let in an elliptic signature in the encoding of certificates', async () => {
    const { privateKey } = keyOf('ES256');
    const token = keyOf('ES256').sign(alice);
    const signed = token.slice(0, token.lastIndexOf('.'));
    expect(await present(target(), `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'der' }).toString('base64url')}`)).toEqual(REFUSED);
  });

  it('goes on counting while it cannot be fetched', async () => {
    keyServer.respond((_request, response) => void response.destroy());
    expect(await present(target(), keyOf('EdDSA').sign(alice))).toEqual(ACCEPTED);
    expect(await present(target(), SigningKey.create('ES256', 'lost').sign(alice))).toEqual(REFUSED);
  });
});

describe('a key set that cannot be used at first', () => {
  it.each<[string, (keyServer: KeyServer) => void]>([
    ['is no JSON', (keyServer) => keyServer.serveText('<html>')],
    ['is no key set', (keyServer) => keyServer.serveText('{"keys":"none"}')],
    ['holds secrets and private keys only', (keyServer) =>
      keyServer.serveText(JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'key-ES256' }, { ...keyOf('ES256').privateKey.export({ format: 'jwk' }), kid: 'key-ES256' }] })),
    ],
    ['is too large', (keyServer) => keyServer.serveText(JSON.stringify({ keys: [keyOf('ES256').jwk], pad: 'x'.repeat(600_000) }))],
    ['is an error', (keyServer) => keyServer.respond((_request, response) => void response.writeHead(500).end())],
    ['is elsewhere', (keyServer) => keyServer.respond((_request, response) => void response.writeHead(302, { Location: '/elsewhere' }).end())],
  ])('because it %s: the server starts, lets nobody in, and does once the set is there', async (_why, spoil) => {
    const keyServer = await KeyServer.start();
    onTestFinished(() => keyServer.stop());
    spoil(keyServer);
    const server = await startWith({ JWT_JWKS_URI: keyServer.url });
    expect(await present(server, keyOf('ES256').sign(alice))).toEqual(REFUSED);
    expect(keyServer.asked).not.toContain('/elsewhere');
    keyServer.serve(keyOf('ES256'));
    await eventually('the key set to be fetched', async () => (await present(server, keyOf('ES256').sign(alice))).http === ACCEPTED.http);
  });
});

describe('a public key', () => {
  it.each(['PS256', 'EdDSA'] as const)('for %s lets in its tokens, and no others', async (algorithm) => {
    const server = await startWith({ JWT_PUBLIC_KEY: keyOf(algorithm).pem.replaceAll('\n', '\\n') });
    expect(await present(server, keyOf(algorithm).sign(alice))).toEqual(ACCEPTED);
    expect(await present(server, SigningKey.create(algorithm).sign(alice))).toEqual(REFUSED);
    expect(await present(server, signToken(alice))).toEqual(REFUSED);
  });

  it('may be kept to some of its algorithms', async () => {
    const server = await startWith({ JWT_PUBLIC_KEY: keyOf('RS256').pem, JWT_ALGORITHMS: 'PS256, RS384' });
    expect(await present(server, keyOf('RS256').sign(alice))).toEqual(REFUSED);
  });
});

describe('a server with keys that do not do', () => {
  const weak = SigningKey.create('RS256', 'weak', 1024);

  it.each<[string, Record<string, string>, RegExp]>([
    ['a secret and a public key', { JWT_SECRET: 'x'.repeat(32), JWT_PUBLIC_KEY: keyOf('RS256').pem }, /JWT_PUBLIC_KEY is set, and JWT_SECRET too/],
    ['a private key', { JWT_PUBLIC_KEY: keyOf('ES256').privatePem }, /JWT_PUBLIC_KEY holds a private key/],
    ['an RSA key of 1,024 bits', { JWT_PUBLIC_KEY: weak.pem }, /JWT_PUBLIC_KEY holds an RSA key of 1024 bits; allowed: .*2048 bits or more/],
    ['a file that is not there', { JWT_PUBLIC_KEY: '/nowhere/key.pem' }, /JWT_PUBLIC_KEY names a file that cannot be read \(ENOENT\)/],
    ['HMAC for a public key', { JWT_PUBLIC_KEY: keyOf('RS256').pem, JWT_ALGORITHMS: 'RS256,HS256' }, /JWT_ALGORITHMS names "HS256"/],
    ['RS256 for a secret', { JWT_SECRET: 'x'.repeat(32), JWT_ALGORITHMS: 'RS256' }, /JWT_ALGORITHMS names "RS256"/],
    ['no signature at all', { JWT_SECRET: 'x'.repeat(32), JWT_ALGORITHMS: 'none' }, /JWT_ALGORITHMS names "none"/],
    ['HS512 and a secret that is too short for it', { JWT_SECRET: 'x'.repeat(63), JWT_ALGORITHMS: 'HS512' }, /JWT_ALGORITHMS names "HS512"/],
    ['a key set without encryption, in production', { NODE_ENV: 'production', JWT_JWKS_URI: 'http://issuer.example/keys' }, /JWT_JWKS_URI begins with http:/],
    ['a key set with a password', { JWT_JWKS_URI: 'https://user:hunter2@issuer.example/keys' }, /JWT_JWKS_URI holds a user name or a password/],
    ['no key, in production', { NODE_ENV: 'production' }, /JWT_SECRET is not set, and NODE_ENV=production needs it, or JWT_PUBLIC_KEY or JWT_JWKS_URI/],
  ])('(%s) does not start, and says why without showing it', async (_what, settings, message) => {
    const failure = await startWith(settings).then(
      () => expect.unreachable('it started'),
      (error: Error) => error,
    );
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/hunter2|PRIVATE KEY|xxxxxxxx/);
  });
});
