// Whom a limit by address is about.
import { describe, expect, it } from 'vitest';
import { networkOf } from './client-network.js';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:0DB8:0001:0002::7', '2001:db8:1:2::/64'],
  ])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));
});
