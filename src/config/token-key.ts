// The key that tokens are checked with: which of the three settings gives it, what it is, and the algorithms that fit it.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { environmentName } from './setting-name.js';
import { ruleOf } from './setting-rules.js';
import { type SettingFault } from './settings.error.js';
import { type Settings } from './settings.js';

const KEY_SETTINGS = ['jwtSecret', 'jwtPublicKey', 'jwtJwksUri'] as const;

/** Bytes that a secret needs for an algorithm: no fewer than its hash has (RFC 7518 §3.2). */
const SECRET_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2048;

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EC_BY_CURVE: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const ASYMMETRIC = [...RSA, ...Object.values(EC_BY_CURVE), 'EdDSA'];

type TokenKeySettings = Pick<Settings, (typeof KEY_SETTINGS)[number] | 'jwtAlgorithms'>;

/** The algorithms that are accepted: those named by JWT_ALGORITHMS, or all that the key stands for by itself. */
export function tokenAlgorithms(settings: TokenKeySettings): string[] {
  return named(settings.jwtAlgorithms) ?? (settings.jwtSecret === undefined ? fitting(settings) : ['HS256']);
}

/**
 * The key in PEM.
 *
 * @param setting PEM text, in which line breaks may be written as `\n`, or the path of a file
 * @throws Error for what is no public key; its message holds nothing of the value
 */
export function readPublicKey(setting: string): string {
  const pem = setting.includes('-----BEGIN') ? setting.replaceAll('\\n', '\n') : readFile(setting);
  // `createPublicKey` would take these too: the one does not belong here, and the other ends without anybody noticing.
  if (pem.includes('PRIVATE KEY-----')) throw new Error('holds a private key, of which the server needs nothing but the public half');
  if (pem.includes('CERTIFICATE-----')) throw new Error('holds a certificate, not its public key (openssl x509 -pubkey -noout shows that)');
  if (!/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) throw new Error('holds no public key');
  const key = createKey(pem);
  if (isShortRsaKey(key)) throw new Error(`holds an RSA key of ${key.asymmetricKeyDetails?.modulusLength} bits`);
  if (algorithmsFor(key).length === 0) throw new Error('holds a key of a kind that is not supported');
  return pem;
}

/** Everything that is wrong with the settings about the key; `required` says whether there must be one. */
export function tokenKeyFaults(settings: TokenKeySettings, production: boolean, required = production): SettingFault[] {
  const given = KEY_SETTINGS.filter((property) => settings[property] !== undefined);
  if (given.length > 1) return given.slice(1).map((property) => fault(property, `is set, and ${environmentName(given[0])} too: one of them names the key`));
  if (given.length === 0 && required) return [fault('jwtSecret', 'is not set, and NODE_ENV=production needs it, or JWT_PUBLIC_KEY or JWT_JWKS_URI')];
  const keyFault = publicKeyFault(settings) ?? jwksFault(settings, production);
  return keyFault === undefined ? algorithmFaults(settings) : [keyFault];
}

function publicKeyFault({ jwtPublicKey }: TokenKeySettings): SettingFault | undefined {
  if (jwtPublicKey === undefined) return undefined;
  try {
    readPublicKey(jwtPublicKey);
    return undefined;
  } catch (error) {
    return fault('jwtPublicKey', (error as Error).message);
  }
}

function jwksFault({ jwtJwksUri }: TokenKeySettings, production: boolean): SettingFault | undefined {
  if (jwtJwksUri === undefined) return undefined;
  if (!URL.canParse(jwtJwksUri)) return fault('jwtJwksUri', 'is no URL');
  const { protocol, hostname, username, password } = new URL(jwtJwksUri);
  if (username !== '' || password !== '') return fault('jwtJwksUri', 'holds a user name or a password');
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && (local || !production)) ? undefined : fault('jwtJwksUri', `begins with ${protocol}`);
}

function algorithmFaults(settings: TokenKeySettings): SettingFault[] {
  const fits = new Set(fitting(settings));
  const unfit = named(settings.jwtAlgorithms)?.filter((algorithm) => !fits.has(algorithm)) ?? [];
  return unfit.length === 0 ? [] : [fault('jwtAlgorithms', `names ${JSON.stringify(unfit.join(', ').slice(0, 60))}, which the key does not fit`)];
}

/** Every algorithm that the key could be used with. */
function fitting({ jwtSecret, jwtPublicKey, jwtJwksUri }: TokenKeySettings): string[] {
  if (jwtJwksUri !== undefined) return ASYMMETRIC;
  if (jwtPublicKey !== undefined) return algorithmsFor(createPublicKey(readPublicKey(jwtPublicKey)));
  // The secret that is made in development has 32 bytes or more.
  const bytes = jwtSecret === undefined ? 32 : Buffer.byteLength(jwtSecret);
  return Object.keys(SECRET_BYTES).filter((algorithm) => bytes >= SECRET_BYTES[algorithm]);
}

function algorithmsFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string[] {
  if (asymmetricKeyType === 'rsa') return RSA;
  if (asymmetricKeyType === 'ed25519') return ['EdDSA'];
  const algorithm = asymmetricKeyType === 'ec' ? EC_BY_CURVE[asymmetricKeyDetails?.namedCurve ?? ''] : undefined;
  return algorithm === undefined ? [] : [algorithm];
}

function isShortRsaKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS;
}

function named(setting: string | undefined): string[] | undefined {
  return setting?.split(',').map((name) => name.trim());
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

function createKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new Error('holds no public key that can be read', { cause });
  }
}

function fault(property: (typeof KEY_SETTINGS)[number] | 'jwtAlgorithms', problem: string): SettingFault {
  return { name: environmentName(property), problem, allowed: ruleOf(property).allowed };
}
