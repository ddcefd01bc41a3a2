// A key set at an address (RFC 7517 §5): fetched, kept, and fetched again when it may have changed.
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../log/index.js';

/** Between two fetches that nobody asked for, ms. */
const REFRESH_MS = 5 * 60_000;

/** At least this time goes by between two fetches for keys that the set lacks, ms. */
const UNKNOWN_KEY_PAUSE_MS = 60_000;

/** At least this time goes by between two fetches while none has succeeded yet, ms. */
const FIRST_FETCH_PAUSE_MS = 2_000;

const FETCH_TIMEOUT_MS = 5_000;
const MAX_SET_BYTES = 512 * 1024;
const MAX_KEYS = 100;

const PUBLIC_KEY_TYPES: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/** What a set tells its owner. */
export interface RemoteKeySetListener {
  /** A fetch has failed; the keys that are known go on counting. */
  failed(cause: unknown): void;
}

/** The keys at one address. However many tokens ask at once, one fetch is under way. */
export class RemoteKeySet {
  private find: JWTVerifyGetKey | undefined;
  private fetching: Promise<void> | undefined;
  private triedAt = -Infinity;
  private missedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly address: string,
    /** Only intervals are measured with it: best a monotonic one. */
    private readonly clock: Clock,
    private readonly listener: RemoteKeySetListener,
  ) {}

  /** Fetches the set, and again from time to time. Does not wait for it. */
  start(): void {
    void this.fetch();
    this.timer = setInterval(() => void this.fetch(), REFRESH_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The key that a token's header names; rejects when the set has none. */
  readonly key: JWTVerifyGetKey = async (header, token) => {
    if (this.find === undefined && this.isOver(this.triedAt, FIRST_FETCH_PAUSE_MS)) await this.fetch();
    if (this.find === undefined) throw new errors.JWKSNoMatchingKey('No key set has been fetched yet');
    try {
      return await this.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!this.isOver(this.missedAt, UNKNOWN_KEY_PAUSE_MS)) throw error;
      if (this.fetching === undefined) this.missedAt = this.clock.now();
      await this.fetch();
      return this.find(header, token);
    }
  };

  /** Whether a pause is over, or does not matter because a fetch is under way. */
  private isOver(since: number, pauseMs: number): boolean {
    return this.fetching !== undefined || this.clock.now() - since >= pauseMs;
  }

  /** Never rejects. */
  private fetch(): Promise<void> {
    this.fetching ??= this.load()
      .catch((cause: unknown) => this.listener.failed(cause))
      .finally(() => {
        this.fetching = undefined;
      });
    return this.fetching;
  }

  private async load(): Promise<void> {
    this.triedAt = this.clock.now();
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(new DOMException('The key set did not come in time', 'TimeoutError')), FETCH_TIMEOUT_MS);
    try {
      const response = await fetch(this.address, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        redirect: 'error',
        signal: giveUp.signal,
      });
      if (!response.ok) throw new Error(`The key set was answered with status ${response.status}`);
      this.find = createLocalJWKSet(usableKeys(JSON.parse(await boundedText(response, giveUp.signal))));
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Reads no further than a set may be long, and no longer than it may take: once Node 20 has collected the request as garbage, its
 * signal does not reach the body any more, and a body that never ends would be waited for without an end.
 */
async function boundedText({ body }: Response, signal: AbortSignal): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const givenUp = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), givenUp]);
      if (done) return Buffer.concat(chunks).toString();
      bytes += value.length;
      if (bytes > MAX_SET_BYTES) throw new Error(`The key set takes more than ${MAX_SET_BYTES} bytes`);
      chunks.push(value);
    }
  } finally {
    // What is left of it is of no use; that it cannot be cancelled either.
    reader.cancel().catch(() => undefined);
  }
}

/** Public keys for signatures only: a secret or a private key in a set is somebody's mistake, and not to be used. */
function usableKeys(set: unknown): JSONWebKeySet {
  const { keys } = (typeof set === 'object' && set !== null ? set : {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('The answer is no key set');
  const usable = keys.slice(0, MAX_KEYS).filter(isUsable);
  if (usable.length === 0) throw new Error('The key set holds no public key for signatures');
  return { keys: usable };
}

function isUsable(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null) return false;
  const { kty, use, d, k } = value as Record<string, unknown>;
  return PUBLIC_KEY_TYPES.has(kty) && (use === undefined || use === 'sig') && d === undefined && k === undefined;
}
