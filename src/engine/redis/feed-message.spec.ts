// Publications are read as what the scripts wrote.
import { describe, expect, it } from 'vitest';
import { readFeedMessage } from './feed-message.js';

const ADDRESS = { tenant: 'acme', log: 'r1' };

describe('readFeedMessage', () => {
  it('reads every kind of number', () => {
    const message = [1, 7, 2, 5, '+a:b', 'room_update', '{"x":"\\u0000 \\n"}', 2, 7, 1, 6, '-c', '', '', 3, 7, 0, 8, '!', 'room_update', '{}', 4, 7, 1, 9, '', 'message', '1'].join('\0');
    const { incarnation, entries } = readFeedMessage(ADDRESS, message);
    expect(incarnation).toBe(7);
    expect(entries).toEqual([
      { ...ADDRESS, seq: 1, entry: { seq: 1, incarnation: 7, type: 'room_update', data: '{"x":"\\u0000 \\n"}', at: 5 }, change: { kind: 'joined', clientId: 'a:b' }, memberCount: 2 },
      { ...ADDRESS, seq: 2, change: { kind: 'left', clientId: 'c' }, memberCount: 1 },
      { ...ADDRESS, seq: 3, entry: { seq: 3, incarnation: 7, type: 'room_update', data: '{}', at: 8 }, change: { kind: 'deleted' }, memberCount: 0 },
      { ...ADDRESS, seq: 4, entry: { seq: 4, incarnation: 7, type: 'message', data: '1', at: 9 }, memberCount: 1 },
    ]);
  });

  it('leaves out what is cut off', () => {
    expect(readFeedMessage(ADDRESS, '').entries).toEqual([]);
    expect(readFeedMessage(ADDRESS, ['1', '0', '2'].join('\0')).entries).toEqual([]);
  });
});
