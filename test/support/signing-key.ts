// An identity provider's key pair: signs tokens in every asymmetric way (RFC 7515), made with node:crypto alone.
import { constants, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign, type SignKeyObjectInput } from 'node:crypto';

/** What a token may be signed with. */
export type Algorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** A private key and its public half. */
export class SigningKey {
  private constructor(
    readonly algorithm: Algorithm,
    readonly privateKey: KeyObject,
    readonly kid: string,
  ) {}

  /** Makes a key for an algorithm. */
  static create(algorithm: Algorithm, kid = `key-${algorithm}`, modulusLength = 2048): SigningKey {
    return new SigningKey(algorithm, generate(algorithm, modulusLength), kid);
  }

  get pem(): string {
    return createPublicKey(this.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  }

  get privatePem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** The public key as it stands in a key set. */
  get jwk(): JsonWebKey & { kid: string } {
    return { ...createPublicKey(this.privateKey).export({ format: 'jwk' }), kid: this.kid, alg: this.algorithm, use: 'sig' };
  }

  /** Signs claims; the header can be made to say anything. */
  sign(claims: Readonly<Record<string, unknown>>, header: Record<string, unknown> = {}): string {
    const now = Math.floor(Date.now() / 1000);
    return this.signText(JSON.stringify({ iat: now, exp: now + 3600, ...claims }), header);
  }

  /** Signs a payload as it is, whatever it says. */
  signText(payload: string, header: Record<string, unknown> = {}): string {
    const signed = [JSON.stringify({ alg: this.algorithm, typ: 'JWT', kid: this.kid, ...header }), payload]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    return `${signed}.${sign(hashOf(this.algorithm), Buffer.from(signed), this.input()).toString('base64url')}`;
  }

  private input(): SignKeyObjectInput {
    const key = this.privateKey;
    if (this.algorithm.startsWith('PS')) return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return this.algorithm.startsWith('ES') ? { key, dsaEncoding: 'ieee-p1363' } : { key };
  }
}

function generate(algorithm: Algorithm, modulusLength: number): KeyObject {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  if (algorithm === 'ES256' || algorithm === 'ES384' || algorithm === 'ES512') return generateKeyPairSync('ec', { namedCurve: CURVES[algorithm] }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

/** EdDSA hashes by itself. */
function hashOf(algorithm: Algorithm): string | undefined {
  return algorithm === 'EdDSA' ? undefined : `sha${algorithm.slice(2)}`;
}
