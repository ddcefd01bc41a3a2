// Repeated notifications, missing numbers, and how much is remembered.
import { describe, expect, it } from 'vitest';
import type { AnyNotification } from './client-events.js';
import { logOf, ReceivedLogs } from './received-logs.js';

const entry = (id: string, seq?: number): AnyNotification => ({ type: 'message', id, data: {}, ...(seq !== undefined && { seq }) });
const of = (room: string, seq: number): AnyNotification => entry(`${room}:${seq}`, seq);

describe('the log of a notification', () => {
  it.each([
    [of('lobby', 1), 'lobby'],
    [of('team:red', 41), 'team:red'],
    [entry('lobby:3-2', 2), 'lobby'],
    [of('@alice', 9), '@alice'],
    [entry('status:alice:7'), ''],
  ])('of %o is %s', (notification, log) => expect(logOf(notification)).toBe(log));
});

describe('a repeated notification', () => {
  it('is one with an id that was kept', () => {
    const logs = new ReceivedLogs(10, 100);
    for (const notification of [of('r', 1), of('r', 2), entry('status:a:1')]) logs.keep(notification, 1);
    expect([of('r', 1), of('r', 2), of('r', 3), of('other', 1), entry('status:a:1'), entry('status:a:2')].map((notification) => logs.has(notification))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('is known by its number when its id is forgotten, but not in a log that was made anew', () => {
    const logs = new ReceivedLogs(3, 100);
    for (let seq = 1; seq <= 10; seq++) logs.keep(of('r', seq), 1);
    expect([1, 7, 8, 10, 11].map((seq) => logs.has(of('r', seq)))).toEqual([true, true, true, true, false]);
    expect(logs.has(entry('r:1-1', 1))).toBe(false);
    for (let seq = 1; seq <= 4; seq++) logs.keep(entry(`r:1-${seq}`, seq), 1);
    expect(logs.has(entry('r:1-1', 1))).toBe(true);
    expect(logs.has(entry('r:1-5', 5))).toBe(false);
  });

  it('is forgotten with its room when others were heard of since', () => {
    const logs = new ReceivedLogs(2, 4);
    for (const room of ['a', 'b', 'a', 'c']) for (const seq of [1, 2]) if (!logs.has(of(room, seq))) logs.keep(of(room, seq), 1);
    expect(['a', 'b', 'c'].map((room) => logs.has(of(room, 2)))).toEqual([false, true, true]);
  });
});

describe('a gap', () => {
  it('is in front of a number that does not follow', () => {
    const logs = new ReceivedLogs(10, 100);
    expect(logs.gap(of('r', 7), 1)).toBeUndefined();
    logs.keep(of('r', 7), 1);
    expect(logs.gap(of('r', 8), 1)).toBeUndefined();
    expect(logs.gap(of('r', 6), 1)).toBeUndefined();
    expect(logs.gap(of('r', 10), 2)).toEqual({ room: 'r', after: 7, before: 10, missing: 2, reconnected: true });
  });

  it('is none where the numbers were dropped, or the log was made anew', () => {
    const logs = new ReceivedLogs(10, 100);
    logs.keep(of('r', 1), 1);
    logs.dropped('r', 5);
    expect(logs.gap(of('r', 6), 1)).toBeUndefined();
    expect(logs.gap(of('r', 7), 1)).toMatchObject({ after: 5, missing: 1 });
    expect(logs.gap(entry('r:1-9', 9), 1)).toBeUndefined();
  });
});
