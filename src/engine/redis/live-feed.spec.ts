// What becomes of answers that are older than others, over a store that answers when the test lets it.
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppendedEntry } from '../../log/index.js';
import { createFeedCounters } from '../feed-counters.js';
import { LiveFeed } from './live-feed.js';
import { POSITIONS, READ_FEED } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisKeys } from './redis-keys.js';
import type { RedisSubscriber } from './redis-subscriber.js';

const NORTH = { tenant: 't', log: 'north' };
const keys = new RedisKeys('p');
const channel = keys.feed('t', 'north');

interface Asked {
  readonly script: string;
  answer(reply: unknown): Promise<void>;
}

let asked: Asked[];
let channels: Map<string, (message: string) => void>;
let brought: AppendedEntry[];
let feed: LiveFeed;

beforeEach(async () => {
  asked = [];
  channels = new Map();
  brought = [];
  const ask = (script: string): Promise<unknown> =>
    new Promise((resolve) => {
      asked.push({
        script,
        answer: async (reply) => {
          resolve(reply);
          await turn();
        },
      });
    });
  const redis = { run: ask, command: (name: string) => (name === 'HMGET' ? Promise.resolve(['0', '0']) : Promise.resolve([])) };
  const subscriber = {
    subscribe: (name: string, receive: (message: string) => void) => Promise.resolve(void channels.set(name, receive)),
    unsubscribe: (name: string) => channels.delete(name),
  };
  feed = new LiveFeed(redis as unknown as RedisConnection, subscriber as unknown as RedisSubscriber, keys, createFeedCounters(), (entries) => brought.push(...entries));
  await feed.openClient('t', 'grace');
});

/** What POSITIONS answers about one client. */
const at = (head: number, joined: number): unknown => [head, 0, 0, 0, 1, 0, [joined]];
/** What a queue has read of its client at a number, before anything of the log was brought. */
const read = (head: number, isMember: boolean): Parameters<LiveFeed['settle']>[2] => ({ head, incarnation: 0, newest: undefined, isMember, changesFrom: undefined });
const announceJoin = (): void => channels.get(keys.feed('t', '@grace'))?.('+north');
const changes = (): string[] =>
  brought.map(({ seq, change }) => (change?.kind === 'resynced' ? `${seq} resynced ${[...change.positions].map(([client, position]) => `${client} ${position ?? 'out'}`).join()}` : `${seq} ${change?.kind ?? 'entry'}`));

/** The next questions of a kind, in their order. */
function next(script: string, count: number): Asked[] {
  const found = asked.filter((one) => one.script === script).slice(0, count);
  expect(found).toHaveLength(count);
  asked = asked.filter((one) => !found.includes(one));
  return found;
}

describe('a client that joins, leaves and joins', () => {
  it('is followed when one look finds it gone and a later one finds it back', async () => {
    announceJoin();
    announceJoin();
    for (const look of next(POSITIONS, 2)) await look.answer(at(360, 360));
    const [earlier, later] = next(POSITIONS, 2);
    await earlier.answer(at(362, -1));
    await later.answer(at(363, 362));
    const [again] = next(POSITIONS, 1);
    await again.answer(at(363, 362));
    expect(changes()).toEqual(['363 resynced grace 362']);
    expect(channels.has(channel)).toBe(true);

    channels.get(channel)?.(['365', '0', '0', '0', '-grace', 'room_update', '{}'].join('\0'));
    expect(brought).toHaveLength(1);
    await expect.poll(() => asked.filter(({ script }) => script === READ_FEED)).toHaveLength(1);
    await next(READ_FEED, 1)[0].answer([365, 0, [[364, 0, 1, 0, '', 'message', '{}'], [365, 0, 0, 0, '-grace', 'room_update', '{}']], []]);
    expect(changes()).toEqual(['363 resynced grace 362', '364 entry', '365 left']);
    expect(channels.has(channel)).toBe(false);
  });

  it('is not taken for a member by what was read before the log was begun', async () => {
    announceJoin();
    await next(POSITIONS, 1)[0].answer(at(360, 360));
    const [late] = next(POSITIONS, 1);
    await feed.openClient('t', 'frank');
    await feed.follow('t', 'frank', ['north']);
    expect(await feed.settle(NORTH, 'frank', read(367, true))).toBe(true);
    await late.answer(at(364, 362));
    await next(POSITIONS, 1)[0].answer(at(367, -1));
    expect(changes()).toEqual([]);
  });

  it('receives on all its connections what one of them has found it to be a member of when it was opened', async () => {
    await feed.openClient('t', 'grace');
    await feed.follow('t', 'grace', ['north']);
    const settling = feed.settle(NORTH, 'grace', read(360, true));
    for (let look = 0; look < 2; look++) {
      await turn();
      await next(POSITIONS, 1)[0].answer(at(360, 350));
    }
    expect(await settling).toBe(true);
    expect(changes()).toEqual(['360 resynced grace 350']);
  });

  it('is asked for anew when its queue was read before another one found it gone', async () => {
    announceJoin();
    await next(POSITIONS, 1)[0].answer(at(331, 329));
    const [later] = next(POSITIONS, 1);
    const found = later.answer(at(334, -1));
    while (feed.changesFrom(NORTH) === undefined) await Promise.resolve();
    expect(await feed.settle(NORTH, 'grace', read(331, true))).toBe(false);
    await found;
    await feed.follow('t', 'grace', ['north']);
    expect(await feed.settle(NORTH, 'grace', read(334, false))).toBe(true);
    expect(channels.has(channel)).toBe(false);
  });

  it('is asked for anew when its queue was read before the log was begun behind its leaving', async () => {
    await feed.openClient('t', 'frank');
    for (const client of ['grace', 'frank']) await feed.follow('t', client, ['north']);
    expect(await feed.settle(NORTH, 'frank', read(334, true))).toBe(true);
    expect(await feed.settle(NORTH, 'grace', read(331, true))).toBe(false);
    const changesFrom = feed.changesFrom(NORTH);
    expect(await feed.settle(NORTH, 'grace', { ...read(334, false), changesFrom })).toBe(true);
    expect(channels.has(channel)).toBe(true);
  });

  it('is not asked for over and over when the store has lost what was brought', async () => {
    await feed.follow('t', 'grace', ['north']);
    expect(await feed.settle(NORTH, 'grace', read(334, true))).toBe(true);
    expect(await feed.settle(NORTH, 'grace', { ...read(331, true), changesFrom: feed.changesFrom(NORTH) })).toBe(true);
  });

  it('is asked for anew when its queue is opened and it is not followed any more', async () => {
    await feed.follow('t', 'grace', ['north']);
    expect(await feed.settle(NORTH, 'grace', read(362, false))).toBe(true);
    expect(await feed.settle(NORTH, 'grace', read(363, true))).toBe(false);
    await feed.follow('t', 'grace', ['north']);
    expect(await feed.settle(NORTH, 'grace', read(363, true))).toBe(true);
    expect(channels.has(channel)).toBe(true);
  });
});
