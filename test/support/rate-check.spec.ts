// The judge of I6 sees a limit that was passed, and nothing where none was.
import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from './history.js';
import { checkRate } from './rate-check.js';
import type { Violation } from './violation.js';

const LIMIT = { max: 3, windowMs: 1_000, underWay: 1 };

function accepted(id: string, at: number, publisher = 'erin'): HistoryEvent {
  return { kind: 'publish', id, room: 'r', content: id, publisher, outcome: 'ok', seq: 1, timestamp: new Date(at).toISOString() };
}

function judge(...events: HistoryEvent[]): Violation[] {
  const violations: Violation[] = [];
  checkRate(events, 'erin', LIMIT, (invariant, what) => violations.push({ invariant, what }));
  return violations;
}

describe('I6: no more messages in a window than the limit', () => {
  it('lets pass what fits, in every window', () => {
    expect(judge(...[0, 10, 20, 30, 1_000, 1_010, 1_020, 1_030].map((at) => accepted(`m${at}`, at)))).toEqual([]);
  });

  it('catches more in a window, in whatever order they were answered', () => {
    expect(judge(...[900, 10, 300, 20, 500].map((at) => accepted(`m${at}`, at)))).toMatchObject([{ invariant: 'I6' }]);
  });

  it('counts a message that was answered twice once, and nothing of others', () => {
    expect(judge(...[0, 10, 20, 30, 30].map((at) => accepted(`m${at}`, at)), accepted('other', 40, 'alice'))).toEqual([]);
  });
});
