// Notifications are put together as text: the result must be the JSON that the contract shows.
import { describe, expect, it } from 'vitest';
import { controlText, ephemeralText, notificationId, notificationText } from './notification-text.js';

describe('the text of a notification', () => {
  it('is JSON with type, id, seq and the data as it was stored', () => {
    const data = { id: 'm1', room_id: 'room_456', content: 'say "hi"\n' };
    expect(JSON.parse(notificationText('message', 'room_456', 0, 42, JSON.stringify(data)))).toEqual({ type: 'message', id: 'room_456:42', seq: 42, data });
  });

  it('has an id of its own in each incarnation of a log', () => {
    expect(new Set([notificationId('r', 0, 7), notificationId('r', 1, 7), notificationId('r', 2, 7), notificationId('r', 0, 8)]).size).toBe(4);
  });

  it('has an id and no seq when it belongs to no log', () => {
    expect(JSON.parse(ephemeralText('client_status', 's-1', { status: 'away' }))).toEqual({ type: 'client_status', id: 's-1', data: { status: 'away' } });
  });
});

describe('the text of a control frame', () => {
  it('echoes a ref when there is one', () => {
    expect(JSON.parse(controlText('pong', {}))).toEqual({ type: 'pong', data: {} });
    expect(JSON.parse(controlText('ack', { seq: 1 }, 'r1'))).toEqual({ type: 'ack', ref: 'r1', data: { seq: 1 } });
  });
});
