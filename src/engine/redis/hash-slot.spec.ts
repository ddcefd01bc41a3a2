// Slots, against what the specification of Redis Cluster says and redis-server answers to CLUSTER KEYSLOT.
import { describe, expect, it } from 'vitest';
import { hashSlot } from './hash-slot.js';

describe('hashSlot', () => {
  it('is CRC16 (XMODEM) modulo 16384', () => {
    expect(hashSlot('123456789')).toBe(0x31c3);
    expect(hashSlot('foo')).toBe(12_182);
    expect(hashSlot('')).toBe(0);
  });

  it('is that of the first part in braces, unless it is empty or not closed', () => {
    expect(hashSlot('chatapi:{acme/r1}:log')).toBe(hashSlot('acme/r1'));
    expect(hashSlot('a{one}{two}')).toBe(hashSlot('one'));
    expect(hashSlot('foo{}{bar}')).not.toBe(hashSlot('bar'));
    expect(hashSlot('{foo')).not.toBe(hashSlot('foo'));
  });

  it('takes what is no ASCII as UTF-8', () => {
    expect(hashSlot('{é}x')).toBe(hashSlot('é'));
  });
});
