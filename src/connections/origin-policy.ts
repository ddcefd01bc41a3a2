// Which pages may connect: browsers name the page's origin in every WebSocket upgrade (RFC 6455 §10.2).

/** The port that a scheme's origin leaves out. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Decides by whole origins: nothing is taken for a prefix, a suffix or a pattern. */
export class OriginPolicy {
  private readonly any: boolean;
  private readonly allowed: ReadonlySet<string> | undefined;

  /** @param setting ALLOWED_ORIGINS; undefined: pages of the host that is connected to */
  constructor(setting: string | undefined) {
    this.any = setting === '*';
    this.allowed = setting === undefined ? undefined : new Set(setting.split(',').map((origin) => normalized(origin.trim())));
  }

  /**
   * Whether an upgrade is let through.
   *
   * @param origin the `Origin` header; undefined: no browser sent this
   * @param host the `Host` header
   */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.any) return true;
    if (!isSerialized(origin)) return false;
    return this.allowed === undefined ? isSameHost(origin, host) : this.allowed.has(normalized(origin));
  }
}

/** In lower case and without a port that the scheme implies; what is no origin stays as it is, and equals none. */
function normalized(origin: string): string {
  const parsed = parse(origin);
  return parsed === undefined ? origin : `${parsed.protocol}//${parsed.host}`;
}

/**
 * Whether it is written as browsers write origins, but for capitals and a port that the scheme implies: no `%6F` for an `o`, no
 * empty port, nothing else that a parser would mend.
 */
function isSerialized(origin: string): boolean {
  const page = parse(origin);
  if (page === undefined) return false;
  const written = origin.toLowerCase();
  const serialized = `${page.protocol}//${page.host}`.toLowerCase();
  return written === serialized || written === `${serialized}:${DEFAULT_PORTS[page.protocol]}`;
}

/** TLS may end at a proxy, so the scheme is not looked at; an origin's implied port is that of its scheme. */
function isSameHost(origin: string, host: string | undefined): boolean {
  const page = parse(origin);
  if (page === undefined || host === undefined) return false;
  const implied = DEFAULT_PORTS[page.protocol];
  const asked = host.toLowerCase();
  return asked === page.host || (page.port === '' && implied !== undefined && asked === `${page.host}:${implied}`);
}

/** The origin as a URL; undefined for anything that a browser would not send as an origin, such as `null`. */
function parse(origin: string): URL | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\\\s]+$/i.test(origin) || !URL.canParse(origin)) return undefined;
  return new URL(origin);
}
