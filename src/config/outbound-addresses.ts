// Which addresses the server connects to on behalf of its settings: public ones, and private ones only where they are allowed.
import { BlockList, isIP } from 'node:net';

/** Special-purpose IPv4 networks that are not globally reachable (IANA registry, RFC 6890), multicast and everything reserved. */
const NOT_PUBLIC_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** Of IPv6 only this is public (RFC 4291 §2.4): neither loopback, link-local and unique local addresses, nor those that hold an IPv4 address (mapped, NAT64). */
const PUBLIC_IPV6 = '2000::/3';

/** But for protocol assignments with Teredo, documentation, and 6to4, which holds an IPv4 address. */
const NOT_PUBLIC_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const notPublic = listOf([...NOT_PUBLIC_IPV4, ...NOT_PUBLIC_IPV6]);
const publicIpv6 = listOf([PUBLIC_IPV6]);

/** Addresses and networks, comma-separated, `true` or `false`. */
export const PRIVATE_ADDRESSES_PATTERN = /^(?:true|false|[0-9A-Fa-f.:]+(?:\/[0-9]{1,3})?(?: *, *[0-9A-Fa-f.:]+(?:\/[0-9]{1,3})?)*)$/;

/** What may be connected to. */
export class OutboundAddresses {
  private readonly allowed: BlockList | undefined;

  /**
   * @param setting `false`, `true`, or private addresses and networks that are allowed, comma-separated
   * @throws Error naming the part that is no address or network
   */
  constructor(private readonly setting: string) {
    this.allowed = ['true', 'false'].includes(setting) ? undefined : listOf(setting.split(',').map((part) => part.trim()));
  }

  /** Whether there are private addresses that are allowed. */
  get allowsPrivate(): boolean {
    return this.setting !== 'false';
  }

  /** Whether this address may be connected to. */
  isAllowed(address: string): boolean {
    return isPublicAddress(address) || this.isAllowedPrivate(address);
  }

  /** Whether this address is none of the public ones, and may be connected to all the same. */
  isAllowedPrivate(address: string): boolean {
    const bare = withoutZone(address);
    if (isIP(bare) === 0 || isPublicAddress(bare)) return false;
    return this.setting === 'true' || (this.allowed !== undefined && contains(this.allowed, bare));
  }
}

/** Whether an address is one of the public Internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const bare = withoutZone(address);
  const family = isIP(bare);
  if (family === 0 || contains(notPublic, bare)) return false;
  return family === 4 || contains(publicIpv6, bare);
}

/** A host of a URL as an address, if it is one. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix, ...more] = network.split('/');
    const family = isIP(address);
    const longest = family === 6 ? 128 : 32;
    const length = Number(prefix ?? longest);
    if (family === 0 || more.length > 0 || !Number.isInteger(length) || length > longest) throw new Error(`names ${JSON.stringify(network.slice(0, 60))}, which is no address or network`);
    list.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
