// A flood leaves two records a kind and interval.
import { describe, expect, it } from 'vitest';
import type { TimelessRecord } from './event-records.js';
import { RepeatedRecords } from './repeated-records.js';

function setUp() {
  const written: TimelessRecord[] = [];
  return { written, repeated: new RepeatedRecords((records) => written.push(...records)) };
}

const limited = (client_id: string, count = 1): TimelessRecord => ({ action: 'rate_limited', tenant: 't', client_id, kind: 'message', count });

describe('records that repeat', () => {
  it('are the first one, and one with the count of the rest', () => {
    const { written, repeated } = setUp();
    repeated.add(limited('alice'));
    for (let i = 0; i < 1000; i++) repeated.add(limited('alice'));
    repeated.add(limited('alice', 5));
    expect(written).toEqual([limited('alice')]);
    repeated.flush();
    expect(written).toEqual([limited('alice'), limited('alice', 1005)]);
    repeated.flush();
    expect(written).toHaveLength(2);
    repeated.add(limited('alice'));
    expect(written).toHaveLength(3);
  });

  it('are apart when anything but the count differs', () => {
    const { written, repeated } = setUp();
    for (const client of ['alice', 'bob', 'alice', 'bob', 'bob']) repeated.add(limited(client));
    repeated.flush();
    expect(written).toEqual([limited('alice'), limited('bob'), limited('alice', 1), limited('bob', 2)]);
  });

  it('take bounded memory, whatever number of kinds there is, and none is lost', () => {
    const { written, repeated } = setUp();
    for (let round = 0; round < 2; round++) for (let i = 0; i < 25_000; i++) repeated.add({ action: 'refused', address: `address ${i}`, reason: 'origin' });
    repeated.flush();
    expect((repeated as unknown as { kinds: Map<string, unknown> }).kinds.size).toBe(0);
    expect(written.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(50_000);
  });
});
