// Which keys tokens may be checked with, and by which algorithms.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
// Brings what is allowed of each setting.
import './settings.js';
import type { Settings } from './settings.js';
import { readPublicKey, tokenAlgorithms, tokenKeyFaults } from './token-key.js';

const pem = (key: KeyObject): string => key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString();
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa = { publicKey: pem(pair.publicKey), privateKey: pem(pair.privateKey) };
const ec = (namedCurve: string): string => pem(generateKeyPairSync('ec', { namedCurve }).publicKey);
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';

const directory = mkdtempSync(join(tmpdir(), 'chatapi-key-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

type KeySettings = Partial<Pick<Settings, 'jwtSecret' | 'jwtPublicKey' | 'jwtJwksUri' | 'jwtAlgorithms'>>;
const faults = (settings: KeySettings, production = false): string[] => tokenKeyFaults(settings, production).map(({ name, problem }) => `${name} ${problem}`);

describe('a public key', () => {
  it('is read from the setting, with line breaks or their escapes, and from a file', () => {
    const forms = [rsa.publicKey, rsa.publicKey.replaceAll('\n', '\\n'), file('key.pem', rsa.publicKey)];
    expect(forms.map(readPublicKey)).toEqual([rsa.publicKey, rsa.publicKey, rsa.publicKey]);
    expect(forms.flatMap((jwtPublicKey) => faults({ jwtPublicKey }))).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['RSA', rsa.publicKey, RSA_ALGORITHMS],
    ['RSA in PKCS #1', pair.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(), RSA_ALGORITHMS],
    ['P-256', ec('P-256'), ['ES256']],
    ['P-384', ec('P-384'), ['ES384']],
    ['P-521', ec('P-521'), ['ES512']],
    ['Ed25519', pem(generateKeyPairSync('ed25519').publicKey), ['EdDSA']],
  ])('of the kind %s stands for the algorithms that fit it', (_kind, jwtPublicKey, algorithms) => {
    expect(tokenAlgorithms({ jwtPublicKey })).toEqual(algorithms);
    for (const other of ['HS256', 'none', 'ES256K', ...RSA_ALGORITHMS, 'ES256', 'ES384', 'ES512', 'EdDSA']) {
      expect(faults({ jwtPublicKey, jwtAlgorithms: other })).toHaveLength(algorithms.includes(other) ? 0 : 1);
    }
  });

  it.each<[string, string, RegExp]>([
    ['a private key', rsa.privateKey, /holds a private key, of which the server needs nothing but the public half$/],
    ['a private key behind its public one', rsa.publicKey + rsa.privateKey, /holds a private key/],
    ['a private key with escaped line breaks', rsa.privateKey.replaceAll('\n', '\\n'), /holds a private key/],
    ['a private key in a file', file('private.pem', rsa.privateKey), /holds a private key/],
    ['a certificate', CERTIFICATE, /holds a certificate, not its public key/],
    ['an RSA key of 1,024 bits', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), /holds an RSA key of 1024 bits$/],
    ['a key on another curve', ec('secp256k1'), /holds a key of a kind that is not supported$/],
    ['a key that signs nothing', pem(generateKeyPairSync('x25519').publicKey), /holds a key of a kind that is not supported$/],
    ['a broken key', rsa.publicKey.replace(/\n[^\n]{20}/, '\n'), /holds no public key that can be read$/],
    ['a file without a key', file('empty.pem', 'hunter2'), /holds no public key$/],
    ['a file that is not there', join(directory, 'nothing.pem'), /names a file that cannot be read \(ENOENT\)$/],
    ['a directory', directory, /names a file that cannot be read \(EISDIR\)$/],
    ['a password, by mistake', 'hunter2', /names a file that cannot be read \(ENOENT\)$/],
  ])('cannot be %s, and what it is is said without showing it', (_what, jwtPublicKey, problem) => {
    const found = faults({ jwtPublicKey });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^JWT_PUBLIC_KEY /);
    expect(found[0]).toMatch(problem);
    expect(found[0]).not.toMatch(/hunter2|MII|chatapi-key/);
  });
});

describe('a shared secret', () => {
  it('stands for HS256, and for a longer hash when it is asked for and the secret is as long', () => {
    expect(tokenAlgorithms({ jwtSecret: 'x'.repeat(64) })).toEqual(['HS256']);
    expect(tokenAlgorithms({ jwtSecret: 'x'.repeat(64), jwtAlgorithms: 'HS512, HS256' })).toEqual(['HS512', 'HS256']);
    expect(faults({ jwtSecret: 'x'.repeat(64), jwtAlgorithms: 'HS512,HS384,HS256' })).toEqual([]);
    expect(faults({ jwtSecret: 'x'.repeat(47), jwtAlgorithms: 'HS384' })).toEqual(['JWT_ALGORITHMS names "HS384", which the key does not fit']);
  });

  it.each(['none', 'None', '', 'HS256,', 'HS256,none', 'RS256', 'hs256', 'HS256;HS512'])('has no algorithm %j', (jwtAlgorithms) => {
    expect(faults({ jwtSecret: 'x'.repeat(64), jwtAlgorithms })).toHaveLength(1);
  });
});

describe('the address of a key set', () => {
  it.each(['https://issuer.example/keys', 'http://localhost:8080/keys', 'http://127.0.0.1/keys', 'http://[::1]:1/keys'])('may be %s in production', (jwtJwksUri) => {
    expect(faults({ jwtJwksUri }, true)).toEqual([]);
  });

  it('may be without encryption outside production', () => expect(faults({ jwtJwksUri: 'http://issuer.example/keys' })).toEqual([]));

  it.each([
    ['http://issuer.example/keys', 'begins with http:'],
    ['http://localhost.evil.example/keys', 'begins with http:'],
    ['http://127.0.0.1.evil.example/keys', 'begins with http:'],
    ['file:///etc/keys', 'begins with file:'],
    ['data:application/json,{}', 'begins with data:'],
    ['/keys', 'is no URL'],
    ['https://user:hunter2@issuer.example/keys', 'holds a user name or a password'],
  ])('may not be %s there', (jwtJwksUri, problem) => expect(faults({ jwtJwksUri }, true)).toEqual([`JWT_JWKS_URI ${problem}`]));

  it('stands for every asymmetric algorithm and no other', () => {
    expect(tokenAlgorithms({ jwtJwksUri: 'https://issuer.example/keys' })).toEqual([...RSA_ALGORITHMS, 'ES256', 'ES384', 'ES512', 'EdDSA']);
    expect(faults({ jwtJwksUri: 'https://issuer.example/keys', jwtAlgorithms: 'RS256, HS256' })).toEqual(['JWT_ALGORITHMS names "HS256", which the key does not fit']);
  });
});

describe('the three settings', () => {
  it('exclude each other, each that is too many named', () => {
    const all = { jwtSecret: 'x'.repeat(32), jwtPublicKey: rsa.publicKey, jwtJwksUri: 'https://issuer.example/keys' };
    expect(faults(all)).toEqual([
      'JWT_PUBLIC_KEY is set, and JWT_SECRET too: one of them names the key',
      'JWT_JWKS_URI is set, and JWT_SECRET too: one of them names the key',
    ]);
  });

  it('may all be missing, but not in production', () => {
    expect(faults({})).toEqual([]);
    expect(faults({}, true)).toEqual(['JWT_SECRET is not set, and NODE_ENV=production needs it, or JWT_PUBLIC_KEY or JWT_JWKS_URI']);
  });
});
