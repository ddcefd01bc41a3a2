// The checker itself: a correct history passes, and a planted fault of each kind is caught.
import { describe, expect, it } from 'vitest';
import type { Frame, OrderedFrame } from './frame.js';
import { checkHistory } from './history-checker.js';
import { History, type HistoryEvent } from './history.js';
import type { Loss } from './lost-branches.js';
import type { Invariant } from './violation.js';

const START = Date.parse('2026-01-01T00:00:00.000Z');

function timestamp(seq: number): string {
  return new Date(START + seq * 1000).toISOString();
}

function message(seq: number, content = `content ${seq}`, id = `m${seq}`): OrderedFrame {
  return { type: 'message', id: `r:${seq}`, seq, data: { id, room_id: 'r', client_id: 'pub', content, timestamp: timestamp(seq) } };
}

function roomUpdate(seq: number, event: string, client_id: string): OrderedFrame {
  return { type: 'room_update', id: `r:${seq}`, seq, data: { room_id: 'r', event, client_id, timestamp: timestamp(seq) } };
}

function overflow(dropped: number, ...rooms: [from: number, to: number, dropped: number][]): Frame {
  const ranges = rooms.map(([from_seq, to_seq, count]) => ({ room_id: 'r', from_seq, to_seq, dropped: count }));
  return { type: 'error', data: { code: 'QUEUE_OVERFLOW', dropped, rooms: ranges, timestamp: timestamp(1000) } };
}

/** A history of room `r`, whose first members are alice and bob; bob sees everything unless told otherwise. */
class Scenario {
  readonly history = new History();

  constructor() {
    this.history.record({ kind: 'room', room: 'r', members: ['alice', 'bob'] });
  }

  add(...events: HistoryEvent[]): this {
    events.forEach((event) => this.history.record(event));
    return this;
  }

  published(...seqs: number[]): this {
    return this.add(
      ...seqs.map((seq): HistoryEvent => ({ kind: 'publish', id: `m${seq}`, room: 'r', content: `content ${seq}`, outcome: 'ok', seq, timestamp: timestamp(seq) })),
    );
  }

  /** A connection of its own that brings these frames. */
  sees(client: string, ...frames: Frame[]): this {
    const observer = { client, device: '' };
    const connection = this.history.connected(observer);
    return this.add(
      ...frames.map((frame): HistoryEvent => ({ kind: 'frame', observer, connection, frame })),
      { kind: 'disconnect', observer, connection },
    );
  }

  drained(...clients: string[]): this {
    return this.add(...clients.map((client): HistoryEvent => ({ kind: 'drained', observer: { client, device: '' } })));
  }

  invariantsBroken(queueMax = 1000, loses: Loss = 'nothing', timeSlackMs?: number): Invariant[] {
    return [...new Set(checkHistory(this.history, queueMax, timeSlackMs, loses).map(({ invariant }) => invariant))].sort();
  }
}

describe('a correct history', () => {
  it('passes with redeliveries over several connections', () => {
    const scenario = new Scenario().published(1, 2, 3, 4);
    scenario.sees('bob', message(1), message(2), message(3), message(4));
    scenario.sees('alice', message(1), message(2)).sees('alice', message(2), message(3)).sees('alice', message(4));
    expect(scenario.drained('alice', 'bob').invariantsBroken()).toEqual([]);
  });

  it('passes with members that join, leave and join again', () => {
    const scenario = new Scenario();
    scenario.sees('bob', message(1), roomUpdate(2, 'client_joined', 'carol'), message(3), roomUpdate(4, 'client_left', 'carol'));
    scenario.sees('bob', message(5), roomUpdate(6, 'client_joined', 'carol'), message(7));
    scenario.sees('carol', roomUpdate(2, 'client_joined', 'carol'), message(3), roomUpdate(4, 'client_left', 'carol'));
    scenario.sees('carol', roomUpdate(6, 'client_joined', 'carol'), message(7));
    expect(scenario.drained('bob', 'carol').invariantsBroken()).toEqual([]);
  });

  it('passes with an overflow that is counted and outside the newest of a full queue', () => {
    const scenario = new Scenario().published(1, 2, 3, 4, 5).sees('bob', message(1), message(2), message(3), message(4), message(5));
    scenario.sees('alice', overflow(2, [1, 2, 2]), message(3), message(4), message(5));
    expect(scenario.drained('alice', 'bob').invariantsBroken(3)).toEqual([]);
  });

  it('passes with an unknown publish that was repeated and stands once', () => {
    const scenario = new Scenario();
    scenario.add({ kind: 'publish', id: 'm1', room: 'r', content: 'content 1', outcome: 'unknown' }).published(1);
    scenario.add({ kind: 'publish', id: 'lost', room: 'r', content: 'never seen', outcome: 'unknown' });
    expect(scenario.sees('bob', message(1)).sees('alice', message(1)).drained('alice', 'bob').invariantsBroken()).toEqual([]);
  });

  it('passes with a number that a silent change of members took', () => {
    const scenario = new Scenario().sees('bob', message(1), message(3));
    scenario.add({ kind: 'membership', room: 'r', client: 'carol', change: 'join', silent: true, outcome: 'ok' });
    expect(scenario.sees('carol', message(3)).drained('bob', 'carol').invariantsBroken()).toEqual([]);
  });
});

describe('I1: what was answered reaches every continuous member', () => {
  it('catches an answered message that nobody got', () => {
    expect(new Scenario().published(1).drained('bob').invariantsBroken()).toEqual(['I1']);
  });

  it('catches the last message missing for one member', () => {
    const scenario = new Scenario().published(1, 2).sees('bob', message(1), message(2)).sees('alice', message(1));
    expect(scenario.drained('alice', 'bob').invariantsBroken()).toEqual(['I1']);
  });

  it('catches an answered number at which another message stands', () => {
    const scenario = new Scenario().published(1).sees('bob', message(1, 'something else', 'other'));
    expect(scenario.drained('bob').invariantsBroken()).toContain('I1');
  });

  it('catches an answered joining that is in no order', () => {
    const scenario = new Scenario().sees('bob', message(1));
    scenario.add({ kind: 'membership', room: 'r', client: 'carol', change: 'join', silent: false, outcome: 'ok' });
    expect(scenario.invariantsBroken()).toEqual(['I1']);
  });
});

describe('I2: one rising order without gaps', () => {
  it('catches a number that does not rise on one connection', () => {
    expect(new Scenario().sees('bob', message(1), message(2), message(2)).invariantsBroken()).toEqual(['I2']);
  });

  it('catches a gap within a connection', () => {
    expect(new Scenario().sees('bob', message(1), message(2), message(3)).sees('alice', message(1), message(3)).invariantsBroken()).toEqual(['I2']);
  });

  it('catches a gap between two connections', () => {
    const scenario = new Scenario().sees('bob', message(1), message(2), message(3)).sees('alice', message(1)).sees('alice', message(3));
    expect(scenario.invariantsBroken()).toEqual(['I2']);
  });

  it('catches one number that is two entries to two clients', () => {
    const other = { ...message(2, 'other', 'other'), id: 'r:1-2' };
    expect(new Scenario().sees('bob', message(1), message(2)).sees('alice', message(1), other).invariantsBroken()).toEqual(['I2']);
  });

  it('catches one number answered to two messages', () => {
    const scenario = new Scenario().published(1).sees('bob', message(1));
    scenario.add({ kind: 'publish', id: 'twin', room: 'r', content: 'content 1', outcome: 'ok', seq: 1 });
    expect(scenario.invariantsBroken()).toContain('I2');
  });

  it('catches a number that nobody accounts for', () => {
    expect(new Scenario().sees('bob', message(1), message(3)).invariantsBroken()).toEqual(['I2']);
  });

  it('catches a refused message in the order', () => {
    const scenario = new Scenario().sees('bob', message(1));
    scenario.add({ kind: 'publish', id: 'm1', room: 'r', content: 'content 1', outcome: 'fail' });
    expect(scenario.invariantsBroken()).toEqual(['I2']);
  });
});

describe('I3: nothing from outside a membership', () => {
  const order = [message(1), roomUpdate(2, 'client_joined', 'carol'), message(3), roomUpdate(4, 'client_left', 'carol'), message(5)];

  it('catches a message from before joining', () => {
    expect(new Scenario().sees('bob', ...order).sees('carol', order[0], order[1]).invariantsBroken()).toEqual(['I3']);
  });

  it('catches a message from after leaving, on the same connection', () => {
    expect(new Scenario().sees('bob', ...order).sees('carol', ...order.slice(1)).invariantsBroken()).toEqual(['I3']);
  });

  it('catches a message from after leaving, on a later connection', () => {
    expect(new Scenario().sees('bob', ...order).sees('carol', order[1], order[2]).sees('carol', order[4]).invariantsBroken()).toEqual(['I3']);
  });

  it('catches a message to somebody who was never a member', () => {
    expect(new Scenario().sees('bob', message(1)).sees('mallory', message(1)).invariantsBroken()).toEqual(['I3']);
  });

  it('catches a message from after the room was deleted', () => {
    const scenario = new Scenario().sees('bob', message(1), roomUpdate(2, 'room_deleted', ''), message(3));
    expect(scenario.invariantsBroken()).toEqual(['I3']);
  });

  it('catches an answered leaving that is in no order', () => {
    const scenario = new Scenario().sees('bob', message(1));
    scenario.add({ kind: 'membership', room: 'r', client: 'alice', change: 'leave', silent: false, outcome: 'ok' });
    expect(scenario.invariantsBroken()).toEqual(['I3']);
  });
});

describe('I4: a bounded queue, the oldest dropped, the count exact', () => {
  const all = [1, 2, 3, 4, 5].map((seq) => message(seq));

  it('catches more pending than the queue may hold', () => {
    expect(new Scenario().add({ kind: 'queue', observer: { client: 'alice', device: '' }, size: 4 }).invariantsBroken(3)).toEqual(['I4']);
  });

  it('catches more announced at connecting than the queue may hold', () => {
    expect(new Scenario().sees('alice', { type: 'connected', data: { queued: 4 } }).invariantsBroken(3)).toEqual(['I4']);
  });

  it('catches a count that is not the sum of the rooms', () => {
    expect(new Scenario().sees('bob', ...all).sees('alice', overflow(3, [1, 2, 2]), ...all.slice(2)).invariantsBroken(3)).toEqual(['I4']);
  });

  it('catches a count that is not what stands in the range', () => {
    expect(new Scenario().sees('bob', ...all).sees('alice', overflow(1, [1, 2, 1]), ...all.slice(2)).invariantsBroken(3)).toEqual(['I4']);
  });

  it('catches notifications dropped that belonged to the newest', () => {
    expect(new Scenario().sees('bob', ...all).sees('alice', overflow(3, [1, 3, 3]), ...all.slice(3)).invariantsBroken(3)).toEqual(['I4']);
  });

  it('takes two for newer than each other only as far as their order and their times disagree', () => {
    const late = { ...message(4), data: { ...message(4).data, timestamp: timestamp(1) } };
    const events = [message(1), message(2), message(3), late, message(5)];
    const scenario = (): Scenario => new Scenario().sees('bob', ...events).sees('alice', overflow(2, [1, 2, 2]), ...events.slice(2));
    expect(scenario().invariantsBroken(3)).toEqual(['I4']);
    expect(scenario().invariantsBroken(3, 'nothing', 5_000)).toEqual([]);
  });

  it('catches a range that had been delivered on the same connection', () => {
    const scenario = new Scenario().sees('bob', ...all).sees('alice', all[0], overflow(2, [1, 2, 2]), ...all.slice(2));
    expect(scenario.invariantsBroken(3)).toEqual(['I4']);
  });

  it('catches an overflow that leaves out what it dropped', () => {
    const scenario = new Scenario().sees('bob', ...all).sees('alice', overflow(1, [2, 2, 1]), ...all.slice(2));
    expect(scenario.invariantsBroken(3)).toEqual(['I2']);
  });
});

describe('I8: no id with two bodies', () => {
  it('catches one id with two contents', () => {
    expect(new Scenario().sees('bob', message(1)).sees('alice', message(1, 'another')).invariantsBroken()).toEqual(['I8']);
  });

  it('catches a message that stands in the order twice', () => {
    expect(new Scenario().sees('bob', message(1), message(2, 'content 1', 'm1')).invariantsBroken()).toEqual(['I8']);
  });

  it('catches a repeated publish that was answered with another number', () => {
    const scenario = new Scenario().published(1).sees('bob', message(1), message(2));
    scenario.add({ kind: 'publish', id: 'm1', room: 'r', content: 'content 1', outcome: 'ok', seq: 2 });
    expect(scenario.invariantsBroken()).toContain('I8');
  });
});

describe('a store that may lose what was answered to nobody', () => {
  const anew = (frame: OrderedFrame): OrderedFrame => ({ ...frame, id: `r:7-${frame.seq}` });
  const broken = (scenario: Scenario): Invariant[] => scenario.drained('alice', 'bob').invariantsBroken(1_000, 'unanswered');

  it('gives its numbers again, in another incarnation', () => {
    const scenario = new Scenario().published(1).sees('bob', message(1), message(2, 'lost')).sees('bob', anew(message(2)), anew(message(3)));
    scenario.sees('alice', message(1)).sees('alice', anew(message(2)), anew(message(3)));
    expect(broken(scenario)).toEqual([]);
    expect(scenario.invariantsBroken()).toContain('I2');
  });

  it('must not lose what was answered', () => {
    const scenario = new Scenario().published(1, 2).sees('bob', message(1), message(2)).sees('bob', anew(message(2, 'other', 'm9')));
    scenario.sees('alice', message(1)).sees('alice', anew(message(2, 'other', 'm9')));
    expect(broken(scenario)).toEqual(['I1']);
  });

  it('must not go on with a client that has seen what is lost', () => {
    const scenario = new Scenario().published(1).sees('bob', message(1), message(2, 'lost'), anew(message(3))).sees('bob', anew(message(2)), anew(message(3)));
    scenario.sees('alice', message(1), anew(message(2)), anew(message(3)));
    expect(broken(scenario)).toEqual(['I2']);
  });

  it('must not give a number again in the same incarnation', () => {
    const scenario = new Scenario().published(1).sees('bob', message(1), message(2, 'one')).sees('alice', message(1), message(2, 'other'));
    expect(broken(scenario)).toContain('I8');
  });
});

describe('a store that may lose what was answered too', () => {
  /** The incarnation that the newest entries got after the time of a message. */
  const anewAfter = (seq: number, frame: OrderedFrame): OrderedFrame => ({ ...frame, id: `r:${START + seq * 1000 + 1}-${frame.seq}` });
  const broken = (scenario: Scenario): Invariant[] => scenario.drained('alice', 'bob').invariantsBroken(1_000, 'answered');
  const other = message(2, 'other', 'm9');

  it('tells of it by a newer incarnation', () => {
    const scenario = new Scenario().published(1, 2).sees('bob', message(1), message(2)).sees('bob', anewAfter(2, other));
    scenario.sees('alice', message(1)).sees('alice', anewAfter(2, other));
    expect(broken(scenario)).toEqual([]);
  });

  it('loses all that follows it, also what nobody has seen', () => {
    const scenario = new Scenario().published(1, 2, 3, 4).sees('bob', message(1), message(2)).sees('bob', anewAfter(4, other));
    scenario.sees('alice', message(1)).sees('alice', anewAfter(4, other));
    expect(broken(scenario)).toEqual([]);
  });

  it('must not lose what was answered when the newest incarnation had begun', () => {
    const scenario = new Scenario().published(1, 2, 3).sees('bob', message(1)).sees('bob', anewAfter(2, other));
    scenario.sees('alice', message(1)).sees('alice', anewAfter(2, other));
    expect(broken(scenario)).toEqual(['I1']);
  });

  it('must not lose what stands before the newest incarnation', () => {
    const scenario = new Scenario().published(1, 2).sees('bob', message(1)).sees('bob', anewAfter(2, message(3)));
    scenario.sees('alice', message(1)).sees('alice', anewAfter(2, message(3)));
    expect(broken(scenario)).not.toEqual([]);
  });

  it('must not give the number of what was answered to another message in the same incarnation', () => {
    const scenario = new Scenario().published(1, 2).sees('bob', message(1), other).sees('alice', message(1), other);
    expect(broken(scenario)).toEqual(['I1']);
  });
});
