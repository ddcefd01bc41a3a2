// Cursors come back as what they were made from, and nothing else is one.
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

describe('cursors', () => {
  it.each(['a', 'room_456', 'user@example.org:1', 'x'.repeat(128)])('lead behind the id they were made of: %s', (id) => {
    expect(decodeCursor(encodeCursor(id))).toBe(id);
  });

  it('need no escaping in a query', () => {
    expect(encodeCursor('a?>~'.repeat(32))).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each([
    ['nothing', ''],
    ['an id in the open', 'room_456'],
    ['base64 with padding', Buffer.from('room').toString('base64')],
    ['characters that a lenient decoder skips', `${encodeCursor('room_456')}!!`],
    ['the code of something that is no id', Buffer.from('../../etc/passwd').toString('base64url')],
    ['the code of an id that is too long', encodeCursor('x'.repeat(129))],
    ['a megabyte', 'A'.repeat(1024 * 1024)],
  ])('are refused when they are %s', (_what, cursor) => {
    expect(() => decodeCursor(cursor)).toThrowError(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  });
});
