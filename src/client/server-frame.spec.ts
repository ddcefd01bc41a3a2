// What counts as a frame, and as a notification.
import { describe, expect, it } from 'vitest';
import { isNotification, isValid, readFrame } from './server-frame.js';

const MESSAGE = { type: 'message', id: 'r:1', seq: 1, data: { id: 'm', room_id: 'r', client_id: 'a', content: '', timestamp: 't' } };
const STATUS = { type: 'client_status', id: 'status:a:1', data: { client_id: 'a', status: 'away', last_seen: 't' } };

describe('a frame', () => {
  it('is a JSON object with a type, and has data', () => {
    expect(readFrame('{"type":"pong"}')).toEqual({ type: 'pong', data: {} });
    expect(readFrame(JSON.stringify(MESSAGE))).toEqual(MESSAGE);
  });

  it.each(['', 'x', 'null', '[]', '"pong"', '{}', '{"type":1}', '{"type":"pong","data":[]}', '{"type":"pong","data":7}', new Uint8Array(2)])('is not %o', (text) => {
    expect(readFrame(text)).toBeUndefined();
  });
});

describe('a notification', () => {
  it('has an id, which errors and control frames have not', () => {
    expect([MESSAGE, STATUS, { type: 'error', data: {} }, { type: 'connected', data: {} }].map(isNotification)).toEqual([true, true, false, false]);
  });

  it.each([
    MESSAGE,
    STATUS,
    { ...MESSAGE, type: 'room_update', data: { room_id: 'r', event: 'of a later version', timestamp: 't' } },
    { ...MESSAGE, type: 'order.shipped', data: {} },
  ])('is valid: %o', (notification) => expect(isValid(notification)).toBe(true));

  it.each([
    { ...MESSAGE, seq: 0 },
    { ...MESSAGE, seq: 1.5 },
    { ...MESSAGE, seq: '1' as unknown as number },
    { ...MESSAGE, data: { ...MESSAGE.data, content: 1 } },
    { ...MESSAGE, data: { room_id: 'r' } },
    { ...MESSAGE, type: 'room_update', data: { room_id: 'r', timestamp: 't' } },
    { ...STATUS, data: { ...STATUS.data, status: 'asleep' } },
  ])('is not valid: %o', (notification) => expect(isValid(notification)).toBe(false));
});
