// What is made of two answers: rates, sums over servers, and servers that come, go and start anew.
import { describe, expect, it } from 'vitest';
import { toSample } from './sample.js';
import type { NodeStats, StatsAnswer } from './stats-answer.js';

/** A server's numbers after this many seconds. */
function node(name: string, uptime: number, { published = 0, open = 0, waiting = 0, largest = 0 } = {}): NodeStats {
  const empty = { count: 0, sum: 0, buckets: [] };
  return {
    node: name,
    at: new Date(Date.UTC(2024, 0, 15) + uptime * 1000).toISOString(),
    uptime_seconds: uptime,
    connections: { open, waiting, catching_up: 0, opened_total: 0, closed_total: 0, refused_total: 0, reconnected_total: 0 },
    notifications: { published_total: published, delivered_total: 0, acknowledged_total: 0, replayed_total: 0, repeated_total: 0, dropped_total: 0 },
    latency: { write: empty, acknowledgement: empty },
    queues: { largest, total: 0 },
    limits: { rate_limited_total: 0, bans_total: 0 },
    event_loop_lag_seconds: { mean: 0, p99: 0, max: 0 },
  };
}

function answer(...nodes: NodeStats[]): StatsAnswer {
  return { nodes, silent_nodes: 0 };
}

describe('toSample', () => {
  it('is by the second, and of all servers together', () => {
    const before = answer(node('a', 10, { published: 100 }), node('b', 5, { published: 7 }));
    const now = answer(node('a', 12, { published: 150, open: 3, waiting: 1, largest: 4 }), node('b', 7, { published: 17, open: 2, largest: 9 }));
    expect(toSample(before, now)).toMatchObject({ published: 30, connections: 5, waiting: 1, largestQueue: 9, writeTail: undefined });
  });

  it('leaves out the rates of a server that is new, and of one that has started anew', () => {
    const before = answer(node('a', 10, { published: 100 }), node('b', 50, { published: 1000 }));
    const now = answer(node('a', 12, { published: 110 }), node('b', 1, { published: 3 }), node('c', 1, { published: 90 }));
    expect(toSample(before, now).published).toBe(5);
  });

  it('never falls below nothing when a server goes', () => {
    const before = answer(node('a', 10, { published: 100 }), node('b', 50, { published: 1000 }));
    expect(toSample(before, answer(node('a', 12, { published: 100 }))).published).toBe(0);
  });
});
