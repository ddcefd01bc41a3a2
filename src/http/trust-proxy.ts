// TRUST_PROXY: which proxies' X-Forwarded-For counts.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyaddr from '@fastify/proxy-addr';

/** Whether the sender at `hop` (0: whoever connected to us) is a proxy that is trusted. */
type TrustedHop = (address: string, hop: number) => boolean;

/**
 * Reads the setting.
 *
 * @throws Error naming the setting, for something that is no address or network
 */
export function trustedProxies(setting: string): TrustedHop {
  if (setting === 'false') return () => false;
  if (setting === 'true') return () => true;
  if (/^\d+$/.test(setting)) return (_address, hop) => hop < Number(setting);
  try {
    return proxyaddr.compile(setting.split(',').map((address) => address.trim()));
  } catch (cause) {
    throw new Error(`TRUST_PROXY is ${JSON.stringify(setting)}, which holds something that is no address or network`, { cause });
  }
}

/**
 * The address of whoever made a request: the first one, seen from here, that is no trusted proxy. What a proxy names that is no
 * address counts as the proxy's own, or everybody could have as many as they can write. Empty for a peer that has reset already.
 */
export function clientAddress(request: IncomingMessage, trusted: TrustedHop): string {
  const peer = request.socket.remoteAddress ?? '';
  // What whoever connected to us names is not even read unless it is trusted.
  if (!trusted(peer, 0)) return withoutMapping(peer);
  // Its type hides that the address of a peer that is gone already is unknown.
  const named = withoutMapping(proxyaddr(request, trusted) ?? '');
  return isIP(named) === 0 ? withoutMapping(peer) : named;
}

/** `::ffff:192.0.2.1` is 192.0.2.1 (RFC 4291 §2.5.5.2). */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
