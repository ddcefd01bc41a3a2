// Which addresses are public, however they are written, and which others a setting allows.
import { describe, expect, it } from 'vitest';
import { isPublicAddress, literalAddress, OutboundAddresses } from './outbound-addresses.js';

const PUBLIC = ['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'];

const NOT_PUBLIC = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '3fff::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];

describe('addresses', () => {
  it.each(PUBLIC)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(new OutboundAddresses('false').isAllowed(address)).toBe(true);
    expect(new OutboundAddresses('true').isAllowedPrivate(address)).toBe(false);
  });

  it.each(NOT_PUBLIC)('%s is not public, and allowed by true alone', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(new OutboundAddresses('false').isAllowed(address)).toBe(false);
    expect(new OutboundAddresses('true').isAllowed(address)).toBe(true);
  });

  it('that are none are neither', () => {
    for (const text of ['localhost', '', '1.2.3', '127.0.0.1.nip.io']) expect(new OutboundAddresses('true').isAllowed(text)).toBe(false);
  });

  it('of a list are allowed, and no others', () => {
    const addresses = new OutboundAddresses('127.0.0.1, 10.1.0.0/16, fd00::/8');
    expect(['127.0.0.1', '10.1.2.3', 'fd12::1', '::ffff:127.0.0.1', '8.8.8.8'].filter((address) => addresses.isAllowed(address))).toHaveLength(5);
    expect(['127.0.0.2', '10.2.0.1', '::1', 'fe80::1'].filter((address) => addresses.isAllowed(address))).toEqual([]);
  });

  it('of hosts are found in every form that a URL takes', () => {
    const hosts = ['http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://１２７.0.0.1/'];
    for (const url of hosts) expect(isPublicAddress(literalAddress(new URL(url).hostname) ?? '8.8.8.8')).toBe(false);
    expect(literalAddress(new URL('http://localhost/').hostname)).toBeUndefined();
  });
});

describe('a list with something else in it', () => {
  it.each(['10.0.0.0/33', '::/129', '1.2.3.4.5', '10.0.0.0/8/8', ':'])('is refused: %s', (setting) => {
    expect(() => new OutboundAddresses(setting)).toThrow(/no address or network/);
  });
});
