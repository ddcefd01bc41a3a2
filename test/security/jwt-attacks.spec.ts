// Forged and misused tokens: none gets in, at neither door, and nothing that a token names is fetched.
import { createHmac } from 'node:crypto';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyServer } from '../support/key-server.js';
import { RawClient, type RawClientOptions } from '../support/raw-client.js';
import { ServerProcess } from '../support/server-process.js';
import { SigningKey } from '../support/signing-key.js';
import { JWT_SECRET } from '../support/tokens.js';
import { ACCEPTED, present, REFUSED } from './tokens/presented.js';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'chat';
const CHECKED = { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_CLOCK_TOLERANCE_SECONDS: '0' };
const key = SigningKey.create('RS256');
const own = SigningKey.create('RS256', 'own');

const symmetric = new ServerProcess(CHECKED);
const asymmetric = new ServerProcess({ ...CHECKED, JWT_SECRET: '', JWT_PUBLIC_KEY: key.pem });
let elsewhere: KeyServer;

beforeAll(async () => {
  elsewhere = await KeyServer.start(own);
  await Promise.all([symmetric.start(), asymmetric.start()]);
});
afterAll(() => Promise.all([symmetric.destroy(), asymmetric.destroy(), elsewhere.stop()]));

const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow;
const claims = (more: Record<string, unknown> = {}) => ({ sub: 'alice', iss: ISSUER, aud: AUDIENCE, iat: seconds(0), exp: seconds(600), ...more });
const encoded = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** Signs whatever it is given with HMAC. */
function hmac(payload: unknown, { header = {}, secret = JWT_SECRET, hash = 'sha256' }: { header?: object; secret?: string | Buffer; hash?: string } = {}): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT', ...header })}.${encoded(payload)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

const without = (name: string): Record<string, unknown> => Object.fromEntries(Object.entries(claims()).filter(([claim]) => claim !== name));
const text = (more: string): string => JSON.stringify(claims()).replace(/}$/, `,${more}}`);

/** Whatever the key is, these claims do not do. */
const BAD_CLAIMS: readonly [string, () => unknown][] = [
  ['that has expired', () => claims({ exp: seconds(-1) })],
  ['that is not valid yet', () => claims({ nbf: seconds(600) })],
  ['without exp', () => without('exp')],
  ['whose exp is text', () => claims({ exp: String(seconds(600)) })],
  ['that never expires: exp 1e999', () => text('"exp":1e999')],
  ['whose exp is negative', () => claims({ exp: -1 })],
  ['whose exp is null', () => claims({ exp: null })],
  ['without sub', () => without('sub')],
  ['with an empty sub', () => claims({ sub: '' })],
  ['whose sub is a list', () => claims({ sub: ['alice'] })],
  ['whose sub breaks a line', () => claims({ sub: 'alice\r\nbob' })],
  ['whose sub reaches into another log', () => claims({ sub: '@alice' })],
  ['whose sub is a path', () => claims({ sub: 'default/alice' })],
  ['of another issuer', () => claims({ iss: 'https://evil.example' })],
  ['without an issuer', () => without('iss')],
  ['for another audience', () => claims({ aud: 'mail' })],
  ['without an audience', () => without('aud')],
  ['whose scope is a list', () => claims({ scope: ['admin'] })],
  ['whose tenant is an object', () => claims({ tenant: { default: true } })],
  ['whose tenant is a path', () => claims({ tenant: '../default' })],
  ['whose jti is a number', () => claims({ jti: 1 })],
  ['that says twice when it expires, the second time in the past', () => text(`"exp":${seconds(-10)}`)],
  ['whose payload is a list', () => [claims()]],
  ['whose payload is no JSON', () => 'not JSON'],
  ['whose payload is null', () => null],
];

describe('with a shared secret', () => {
  it('a good token gets in', async () => expect(await present(symmetric, hmac(claims()))).toEqual(ACCEPTED));
  it('one audience of several is enough', async () => expect(await present(symmetric, hmac(claims({ aud: ['mail', AUDIENCE] })))).toEqual(ACCEPTED));

  it.each(BAD_CLAIMS)('a token %s does not', async (_what, payload) => expect(await present(symmetric, hmac(payload()))).toEqual(REFUSED));

  it.each(['none', 'None', 'NONE', 'nOnE', 'none ', '', 'HS256 ', 'hs256', null, 0, ['HS256']])('an unsigned token with alg %j does not', async (alg) => {
    const unsigned = `${encoded({ alg, typ: 'JWT' })}.${encoded(claims())}`;
    const signature = hmac(claims()).split('.')[2];
    for (const token of [`${unsigned}.`, unsigned, `${unsigned}.${signature}`, `${unsigned}..`]) expect(await present(symmetric, token)).toEqual(REFUSED);
  });

  it.each([
    ['another secret', () => hmac(claims(), { secret: 'another secret of at least 32 bytes' })],
    ['no secret', () => hmac(claims(), { secret: '' })],
    ['the right secret and another algorithm', () => hmac(claims(), { header: { alg: 'HS512' }, hash: 'sha512' })],
    ['a private key, as RS256', () => own.sign(claims())],
    ['a private key that the header brings along', () => own.sign(claims(), { jwk: own.jwk })],
    ['an extension that must be understood', () => hmac(claims(), { header: { crit: ['exp'] } })],
    ['a payload that is not encoded (RFC 7797)', () => hmac(claims(), { header: { b64: false, crit: ['b64'] } })],
  ])('a token with %s does not', async (_what, token) => expect(await present(symmetric, token())).toEqual(REFUSED));

  it.each(['../../../../dev/null', '/dev/null', "' OR '1'='1", 'key\u0000.pem', 'http://127.0.0.1/'])('kid %j chooses no other key', async (kid) => {
    expect(await present(symmetric, hmac(claims(), { header: { kid }, secret: '' }))).toEqual(REFUSED);
    expect(await present(symmetric, hmac(claims(), { header: { kid } }))).toEqual(ACCEPTED);
  });

  it('a signature that is cut short, made longer, or another token’s does not do', async () => {
    const token = hmac(claims());
    const signature = token.split('.')[2];
    const unsigned = token.slice(0, -signature.length);
    const other = hmac(claims({ scope: 'admin' })).split('.')[2];
    for (const wrong of [signature.slice(0, -1), `${signature}AAAA`, `${signature}=`, '', other, signature.split('').reverse().join('')]) {
      expect(await present(symmetric, unsigned + wrong)).toEqual(REFUSED);
    }
  });

  it('claims changed under a good signature are found out', async () => {
    const [header, , signature] = hmac(claims()).split('.');
    expect(await present(symmetric, [header, encoded(claims({ scope: 'admin' })), signature].join('.'))).toEqual(REFUSED);
  });

  it('a token of 8 KiB is read, and one byte more is not looked at', async () => {
    const sized = (bytes: number): string => {
      const padding = (length: number): string => hmac(claims({ pad: 'x'.repeat(length) }));
      let length = Math.floor(((bytes - padding(0).length) * 3) / 4);
      while (padding(length).length < bytes) length++;
      return padding(length);
    };
    const largest = sized(8191);
    expect(Buffer.byteLength(largest)).toBeLessThanOrEqual(8192);
    expect(await present(symmetric, largest)).toEqual(ACCEPTED);
    expect(await present(symmetric, sized(8193))).toEqual(REFUSED);
  });
});

describe('with a public key', () => {
  it('a good token gets in', async () => expect(await present(asymmetric, key.sign(claims()))).toEqual(ACCEPTED));

  it.each(BAD_CLAIMS)('a token %s does not', async (_what, payload) => {
    const claimed = payload();
    expect(await present(asymmetric, key.signText(typeof claimed === 'string' ? claimed : JSON.stringify(claimed)))).toEqual(REFUSED);
  });

  it.each([
    ['HMAC with the public key as the secret', () => hmac(claims(), { secret: key.pem })],
    ['HMAC with the public key without its last line break', () => hmac(claims(), { secret: key.pem.trim() })],
    ['HMAC with the key in DER', () => hmac(claims(), { secret: Buffer.from(key.pem.split('\n').slice(1, -2).join(''), 'base64') })],
    ['no signature', () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`],
    ['another key', () => own.sign(claims())],
    ['another key under the name of the right one', () => own.sign(claims(), { kid: key.kid })],
    ['a key that the header brings along', () => own.sign(claims(), { jwk: own.jwk })],
    ['a key at an address in the header', () => own.sign(claims(), { jku: elsewhere.url })],
    ['a certificate at an address in the header', () => own.sign(claims(), { x5u: `${elsewhere.origin}/cert` })],
    ['a certificate in the header', () => own.sign(claims(), { x5c: [Buffer.from('certificate').toString('base64')] })],
    ['an algorithm that is not its own', () => key.sign(claims(), { alg: 'RS512' })],
  ])('a token with %s does not', async (_what, token) => {
    expect(await present(asymmetric, token())).toEqual(REFUSED);
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('two tokens in one request', () => {
  const [first, second] = [hmac(claims()), hmac(claims({ sub: 'bob' }))];
  const lines = (...tokens: string[]): string[] => tokens.map((token) => `Bearer ${token}`);
  const offer = (token: string): string => `chatapi.v1, bearer.${token}`;

  /** What an upgrade comes to. */
  async function upgrade(request: Omit<RawClientOptions, 'port'>): Promise<string> {
    const client = await new RawClient({ port: symmetric.port, ...request }).opened();
    const code = client.frames[0]?.data.code;
    if (code === undefined) client.close().catch(() => undefined);
    else await client.ended();
    return code === undefined ? 'open' : `${String(code)}, ${client.outcome}`;
  }

  it.each<[string, (other: string) => Omit<RawClientOptions, 'port'>]>([
    ['in the query', (other) => ({ token: first, query: `&token=${other}` })],
    ['in the query and the header', (other) => ({ token: first, headers: { Authorization: `Bearer ${other}` } })],
    ['in the query and the subprotocols', (other) => ({ token: first, headers: { 'Sec-WebSocket-Protocol': offer(other) } })],
    ['in the header and the subprotocols', (other) => ({ headers: { Authorization: `Bearer ${first}`, 'Sec-WebSocket-Protocol': offer(other) } })],
    ['in two headers', (other) => ({ headers: { Authorization: lines(first, other) } })],
    ['in two lines of subprotocols', (other) => ({ headers: { 'Sec-WebSocket-Protocol': [offer(first), `bearer.${other}`] } })],
  ])('%s are refused when they differ, though both are good', async (_where, request) => {
    expect(await upgrade(request(second))).toBe('CONNECTION_ERROR, closed with 4401');
    expect(await upgrade(request(first))).toBe('open');
  });

  it('are refused over HTTP too, in two headers', async () => {
    const status = (...tokens: string[]): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { Host: '127.0.0.1', Connection: 'close', Authorization: lines(...tokens) };
        get({ port: symmetric.port, host: '127.0.0.1', path: '/api/v1/rooms', headers }, (response) => resolve(response.resume().statusCode)).once('error', reject);
      });
    expect([await status(first, second), await status(second, first), await status(first, first), await status(first)]).toEqual([401, 401, 200, 200]);
  });
});
