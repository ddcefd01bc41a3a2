// Whom a limit by address is about: whoever has one IPv6 address has a whole /64 network of them.
import { isIPv6 } from 'node:net';

/** Groups of an IPv6 address that name the network. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** The address itself, or of an IPv6 address its /64 network. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0].split('::', 2);
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : GROUPS - front.length - back.length;
  const groups = [...front, ...Array<string>(Math.max(0, zeros)).fill('0'), ...back];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => (parseInt(group, 16) || 0).toString(16));
  return `${network.join(':')}::/64`;
}
