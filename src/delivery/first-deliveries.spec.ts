// What raised cursors say was delivered.
import { describe, expect, it } from 'vitest';
import { FirstDeliveries } from './first-deliveries.js';

const OWNER = { tenant: 'default', clientId: 'alice', device: '' };

function setUp() {
  const deliveries = new FirstDeliveries();
  return {
    deliveries,
    /** The ranges that are delivered when the cursor of a log is raised. */
    raise: (log: string, seq: number, before: number | undefined, device = '') =>
      deliveries.of({ ...OWNER, device, log, seq, clientSeq: 0, at: 0 }, before).map(({ fromSeq, toSeq }) => [fromSeq, toSeq]),
    drop: (log: string, fromSeq: number, toSeq: number, device = '') =>
      deliveries.dropped({ ...OWNER, device }, [{ log, fromSeq, toSeq, count: toSeq - fromSeq + 1 }]),
  };
}

describe('FirstDeliveries', () => {
  it('tells whose, on which device and in which log', () => {
    const { deliveries } = setUp();
    expect(deliveries.of({ ...OWNER, device: 'phone', log: 'r', seq: 4, clientSeq: 2, at: 7 }, 1)).toEqual([
      { tenant: 'default', clientId: 'alice', device: 'phone', log: 'r', fromSeq: 2, toSeq: 4 },
    ]);
  });

  it('takes what lies behind the best position of all devices', () => {
    const { raise } = setUp();
    expect(raise('r', 5, 0)).toEqual([[1, 5]]);
    expect(raise('r', 5, 5)).toEqual([]);
    expect(raise('r', 3, 5)).toEqual([]);
    expect(raise('r', 7, 5)).toEqual([[6, 7]]);
  });

  it('takes nothing of an update that was ignored', () => {
    expect(setUp().raise('r', 5, undefined)).toEqual([]);
  });

  it('leaves out what fell out of the queue', () => {
    const { raise, drop } = setUp();
    drop('r', 1, 10);
    drop('r', 21, 30);
    expect(raise('r', 40, 0)).toEqual([[11, 20], [31, 40]]);
  });

  it('leaves it out however the cursor comes to pass it', () => {
    const { raise, drop } = setUp();
    drop('r', 11, 20);
    expect(raise('r', 5, 0)).toEqual([[1, 5]]);
    expect(raise('r', 15, 5)).toEqual([[6, 10]]);
    expect(raise('r', 20, 15)).toEqual([]);
    expect(raise('r', 25, 20)).toEqual([[21, 25]]);
  });

  it('leaves it out of its own log and device alone', () => {
    const { raise, drop } = setUp();
    drop('r', 1, 10);
    expect(raise('other', 5, 0)).toEqual([[1, 5]]);
    expect(raise('r', 5, 0, 'phone')).toEqual([[1, 5]]);
  });

  it('takes what another device got all the same', () => {
    const { raise, drop } = setUp();
    drop('r', 1, 10);
    expect(raise('r', 12, 0, 'phone')).toEqual([[1, 12]]);
    expect(raise('r', 12, 12)).toEqual([]);
  });

  it('forgets what was dropped once the owner is gone', () => {
    const { deliveries, raise, drop } = setUp();
    drop('r', 1, 10);
    deliveries.forget(OWNER);
    expect(raise('r', 12, 0)).toEqual([[1, 12]]);
  });
});
