// Ids of events: what they say, how long they may be, and what is read of them.
import { describe, expect, it } from 'vitest';
import { EventIds, positionOf, readEventId } from './event-id.js';

const move = (ids: EventIds, id: string, type = 'message'): string => ids.move(positionOf(type, id));

describe('the id of an event', () => {
  it('names the newest notification of each log, the one that moved last first', () => {
    const ids = new EventIds(1024);
    expect(move(ids, 'a:1')).toBe('a:1');
    expect(move(ids, '@alice:7')).toBe('@alice:7,a:1');
    expect(move(ids, 'a:3-2')).toBe('a:3-2,@alice:7');
    expect(move(ids, 'status:bob:9', 'client_status')).toBe('~bob:9,a:3-2,@alice:7');
    expect(move(ids, 'status:carol:d:12', 'client_status')).toBe('~carol:d:12,a:3-2,@alice:7');
    // A room may be called like that.
    expect(move(ids, 'status:bob:10')).toBe('status:bob:10,~carol:d:12,a:3-2,@alice:7');
  });

  it('is no longer than it may be: what moved longest ago is left out, and stays out until it moves again', () => {
    const ids = new EventIds(11);
    move(ids, 'a:1');
    move(ids, 'b:1');
    expect(move(ids, 'c:1')).toBe('c:1,b:1,a:1');
    expect(move(ids, 'd:1')).toBe('d:1,c:1,b:1');
    expect(move(ids, 'c:100')).toBe('c:100,d:1');
    expect(move(ids, 'a:2')).toBe('a:2,c:100');
    expect(move(ids, 'x'.repeat(128) + ':1')).toBe('x'.repeat(128) + ':1');
  });

  it('begins with what the client has already, and reads back as what it says', () => {
    const received = readEventId('a:3-2,@alice:7,~bob:9');
    expect(received).toEqual({
      entries: new Map([
        ['a', { incarnation: 3, seq: 2 }],
        ['@alice', { incarnation: 0, seq: 7 }],
      ]),
      status: { clientId: 'bob', position: 9 },
    });
    const ids = new EventIds(1024);
    ids.begin(received);
    expect(move(ids, 'new:1')).toBe('new:1,~bob:9,a:3-2,@alice:7');
  });

  it.each(['', ',', 'a', 'a:', ':1', 'a:-1', 'a:1-', 'a:1.5', 'a b:1', '~:1', 'a:9999999999999999', '\u0000:1', `${'x'.repeat(130)}:1`])('of which nothing can be read says nothing: %j', (id) => {
    expect(readEventId(id)).toEqual({ entries: new Map(), status: undefined });
  });

  it('that cannot be read in part says the rest', () => {
    expect([...readEventId('?,a:1, b:2,a:9').entries]).toEqual([
      ['a', { incarnation: 0, seq: 1 }],
      ['b', { incarnation: 0, seq: 2 }],
    ]);
  });
});
