// REDIS_URL, taken apart: where servers are, and how to enter them.
import { readFileSync } from 'node:fs';

const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;
const PARAMETERS = ['master', 'sentinel_username', 'sentinel_password'];

/** Paths of files in PEM, for `rediss://`. */
export interface TlsFiles {
  /** Certificates of the authorities that may have signed the servers'; those that Node knows when absent. */
  readonly ca: string | undefined;
  /** Our own certificate and its key, for servers that ask for one. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Who we are; no password when the server asks for none. */
interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** How one server is entered. */
export interface EntryOptions extends Credentials {
  readonly database: number;
  readonly socket: { readonly host: string; readonly port: number } & Partial<Encryption>;
}

/** For TLS: that it is wanted, and what the files hold. */
interface Encryption {
  readonly tls: true;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** `host:port`, an IPv6 address in brackets. */
export function toAddress(host: string, port: number | string): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** Where a store is. */
export class RedisAccess {
  /** The servers that were named; in a cluster there may be more. */
  readonly addresses: readonly string[];
  /** The name that Sentinels have for the store, if it is Sentinels that were named. */
  readonly sentinelMaster: string | undefined;
  readonly database: number;
  private readonly encryption: Encryption | undefined;
  private readonly credentials: Credentials;
  private readonly sentinelCredentials: Credentials;

  /**
   * @param list URLs, comma-separated; from the second on without their beginning if they have it in common with the first
   * @throws Error that names what is wrong, and no password
   */
  constructor(list: string, tls?: TlsFiles) {
    const urls = toUrls(list);
    const parameters = new URLSearchParams(urls.map(({ search }) => search.slice(1)).join('&'));
    const unknown = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
    if (unknown !== undefined) throw new Error(`REDIS_URL has a parameter "${unknown}"; known are ${PARAMETERS.join(', ')}`);
    this.sentinelMaster = parameters.get('master') ?? undefined;
    this.addresses = urls.map(({ hostname, port }) => toAddress(hostname, port || (this.sentinelMaster === undefined ? REDIS_PORT : SENTINEL_PORT)));
    this.database = Number((urls.find(({ pathname }) => pathname.length > 1)?.pathname ?? '/0').slice(1));
    if (!Number.isInteger(this.database)) throw new Error('REDIS_URL has a path that is no number of a database');
    this.encryption = urls[0].protocol === 'rediss:' ? readFiles(tls) : undefined;
    const named = urls.find(({ username, password }) => username !== '' || password !== '');
    this.credentials = toCredentials(decodeURIComponent(named?.username ?? ''), decodeURIComponent(named?.password ?? ''));
    const sentinelPassword = parameters.get('sentinel_password');
    this.sentinelCredentials = sentinelPassword === null ? this.credentials : toCredentials(parameters.get('sentinel_username') ?? '', sentinelPassword);
  }

  /** How to enter a server that keeps data. */
  entry(address: string): EntryOptions {
    return { ...this.credentials, database: this.database, socket: this.socket(address) };
  }

  /** How to enter a Sentinel. */
  sentinelEntry(address: string): EntryOptions {
    return { ...this.sentinelCredentials, database: 0, socket: this.socket(address) };
  }

  private socket(address: string): EntryOptions['socket'] {
    const colon = address.lastIndexOf(':');
    return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)), ...this.encryption };
  }
}

function readFiles({ ca, cert, key }: Partial<TlsFiles> = {}): Encryption {
  return { tls: true, ...(ca !== undefined && { ca: readFileSync(ca) }), ...(cert !== undefined && { cert: readFileSync(cert) }), ...(key !== undefined && { key: readFileSync(key) }) };
}

function toUrls(list: string): URL[] {
  const [first, ...others] = list.split(',').map((item) => item.trim());
  const scheme = first.slice(0, first.indexOf('://') + 3);
  const urls = [first, ...others.map((item) => (item.includes('://') ? item : `${scheme}${item}`))].map((item, i) => {
    if (!URL.canParse(item)) throw new Error(`REDIS_URL: part ${i + 1} is no URL`);
    return new URL(item);
  });
  if (urls.some(({ protocol }) => protocol !== urls[0].protocol)) throw new Error('REDIS_URL mixes redis:// and rediss://');
  return urls;
}

function toCredentials(username: string, password: string): Credentials {
  return { ...(username !== '' && { username }), ...(password !== '' && { password }) };
}
