// What is told of a cut: how long it was, what was missed, and that it came.
import { describe, expect, it } from 'vitest';
import { RecoveryWatch } from './recovery.js';

const connected = (queued: number, dropped = 0) => ({ type: 'connected', data: { queued, dropped } });
const message = (seq: number) => ({ type: 'message', id: `r:${seq}`, seq });

describe('RecoveryWatch', () => {
  it('has nothing to tell of a line that was never cut', () => {
    const watch = new RecoveryWatch();
    expect(watch.frame(connected(5), false)).toBeUndefined();
    expect(watch.newest.value).toBeUndefined();
  });

  it('counts what was missed, until all of it has come', () => {
    const watch = new RecoveryWatch();
    watch.down();
    expect(watch.newest.value?.awayMs).toBeUndefined();
    expect(watch.frame(connected(2, 1), false)).toMatchObject({ queued: 2, arrived: 0, dropped: 1 });
    watch.frame({ type: 'client_status', id: 'status:a:1' }, false);
    watch.frame(message(1), true);
    watch.frame(message(2), false);
    watch.frame(message(3), false);
    expect(watch.newest.value).toMatchObject({ awayMs: expect.any(Number), queued: 2, arrived: 2, duplicates: 1 });
  });

  it('begins anew with the next cut', () => {
    const watch = new RecoveryWatch();
    watch.down();
    watch.frame(connected(3), false);
    watch.down();
    expect(watch.newest.value).toMatchObject({ awayMs: undefined, arrived: 0 });
  });
});
