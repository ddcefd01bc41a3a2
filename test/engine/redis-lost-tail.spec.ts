// A Redis that comes back without its newest writes: what is written then has other ids, and nobody takes it for what it had seen.
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RedisEngine } from '../../src/engine/redis/index.js';
import type { AppendedEntry } from '../../src/log/index.js';
import { eventually } from '../support/eventually.js';
import { RedisProcess } from '../support/redis-process.js';
import { ManualClock } from './conformance/manual-clock.js';
import { newRedisEngine } from './new-redis-engine.js';

const TENANT = 'acme';
const ALICE = { tenant: TENANT, clientId: 'alice', device: '' };
const clock = new ManualClock();

let redis: RedisProcess;
let writer: RedisEngine;
let reader: RedisEngine;
let brought: AppendedEntry[];

beforeEach(async () => {
  redis = await new RedisProcess(false).start();
  const start = async (): Promise<RedisEngine> => {
    const engine = newRedisEngine({ url: redis.url }, clock);
    await engine.start();
    return engine;
  };
  [writer, reader] = await Promise.all([start(), start()]);
  brought = [];
  reader.listen((entries) => brought.push(...entries));
  await writer.createRoom({ tenant: TENANT, roomId: 'r1', name: null, metadata: null, members: ['alice'], at: clock.now() });
  await reader.openQueue(ALICE);
});
afterEach(async () => {
  await Promise.all([writer.stop(), reader.stop()]);
  await redis.destroy();
});

/** Tries until it is stored; its number and incarnation. */
function publish(text: string): Promise<{ seq: number; incarnation: number }> {
  return eventually(`${text} to be stored`, async () => {
    const request = { tenant: TENANT, log: 'r1', type: 'message', data: JSON.stringify({ text }), at: clock.now(), idempotency: { sender: 'me', id: text } };
    const [outcome] = await writer.append([request]).catch((error: unknown) => [error as Error]);
    return !(outcome instanceof Error) && { seq: outcome.seq, incarnation: outcome.incarnation };
  });
}

async function save(): Promise<void> {
  const client = await createClient({ url: redis.url }).connect();
  await client.sendCommand(['SAVE']);
  await client.close();
}

/** Resolves when both engines have it again. */
async function restart(): Promise<void> {
  await redis.kill();
  await redis.start();
  for (const engine of [writer, reader]) await eventually('Redis to answer', () => engine.getRoom(TENANT, 'r1').then(() => true, () => false));
}

/** The second of two entries is delivered, and Redis comes back without it. */
async function loseSecond(): Promise<{ seq: number; incarnation: number }> {
  await publish('one');
  await save();
  const lost = await publish('two');
  await has(2, 'two');
  await restart();
  return lost;
}

const has = (seq: number, text: string): Promise<unknown> =>
  eventually(`${seq} ${text}`, () => brought.some((item) => item.seq === seq && item.entry?.data.includes(text) === true));
const rewound = (): AppendedEntry[] => brought.filter(({ change }) => change?.kind === 'rewound');

describe('a store that has lost its newest entries', () => {
  it('gives their numbers again in another incarnation, and tells whoever had them', async () => {
    const lost = await loseSecond();
    const other = await publish('other');
    expect(other.seq).toBe(lost.seq);
    expect(other.incarnation).toBeGreaterThan(lost.incarnation);
    await eventually('it to be told', () => rewound().length > 0);
    await publish('more');
    await has(3, 'more');
    expect(rewound()).toHaveLength(1);
    const entries = await reader.readLog({ tenant: TENANT, log: 'r1' }, 0, 10);
    expect(entries.map(({ seq, data }) => `${seq} ${data}`)).toEqual(['1 {"text":"one"}', '2 {"text":"other"}', '3 {"text":"more"}']);
  });

  it('takes no cursor that was raised by what it has lost', async () => {
    await loseSecond();
    await publish('other');
    const raise = (): Promise<(number | undefined)[]> => reader.saveCursors([{ ...ALICE, log: 'r1', seq: 2, clientSeq: 0, at: clock.now() }]);
    if (rewound().length === 0) expect(await raise()).toEqual([undefined]);
    await eventually('it to be told', () => rewound().length > 0);
    expect((await reader.inspectQueue(ALICE)).size).toBe(2);
    expect(await raise()).toEqual([0]);
    expect((await reader.inspectQueue(ALICE)).size).toBe(0);
  });

  it('is what a client that comes back finds, though another has not heard of it', async () => {
    await loseSecond();
    await eventually('the queue to be opened', () => reader.openQueue({ ...ALICE, device: 'phone' }).then(({ logs }) => logs.some(({ log, head }) => log === 'r1' && head === 1), () => false));
    await publish('other');
    await eventually('it to be told', () => rewound().length > 0);
    await publish('more');
    await has(3, 'more');
    expect(rewound()).toHaveLength(1);
  });
});

describe('a store that has lost who left', () => {
  const turnedAway = (): string[] => rewound().flatMap(({ change }) => (change?.kind === 'rewound' && change.clientId !== undefined ? [change.clientId] : []));
  const change = (kind: 'add' | 'remove'): Promise<unknown> =>
    eventually(`alice's ${kind}`, () => writer.changeMembers({ tenant: TENANT, roomId: 'r1', changes: [{ kind, clientId: 'alice' }], silent: false, at: clock.now() }).then(() => true, () => false));
  const left = (): Promise<unknown> => eventually('her leaving', () => brought.some((item) => item.change?.kind === 'left'));
  const again = (): Promise<unknown> => eventually('her to receive again', () => brought.some((item) => item.change?.kind === 'resynced' || item.change?.kind === 'joined'));

  it('turns away whoever heard that it left a room, and is a member as if it had not', async () => {
    await publish('one');
    await save();
    await change('remove');
    await left();
    await restart();
    await again();
    expect(turnedAway()).toEqual(['alice']);
    expect(brought.findIndex(({ change: one }) => one?.kind === 'rewound')).toBeLessThan(brought.findIndex(({ change: one }) => one?.kind === 'resynced'));
  });

  it('turns away whoever heard that it left a room, and has left and joined it since by other numbers', async () => {
    await publish('one');
    await save();
    await publish('two');
    await change('remove');
    await left();
    await restart();
    // At once: before it is found that she is a member.
    await change('remove');
    await publish('other');
    await publish('another');
    await change('add');
    await again();
    expect(turnedAway()).toEqual(['alice']);
  });

  it('turns nobody away who left a room and joined it again, while nothing was lost', async () => {
    await publish('one');
    await change('remove');
    await left();
    await change('add');
    await again();
    await publish('two');
    await has(4, 'two');
    expect(rewound()).toEqual([]);
  });

  it.each([
    ['though nobody is connected there', false],
    ['though somebody connects there before that', true],
  ])('is noticed by whoever answered for them, %s: it is told of whom the store takes to be with it', async (_, connects) => {
    let forgotten = 0;
    writer.listenPresence({ changed: () => undefined, orphaned: () => undefined, forgotten: () => forgotten++ });
    const say = (status: 'online' | 'offline'): Promise<unknown> => writer.savePresence(TENANT, [{ clientId: 'alice', status, lastSeen: clock.now() }], 100);
    await say('online');
    await save();
    await say('offline');
    expect(await writer.listPresent()).toEqual([]);
    await restart();
    if (connects) await eventually('the queue to be opened', () => writer.openQueue(ALICE).then(() => true, () => false));
    await eventually('it to be noticed', () => forgotten > 0);
    expect(await writer.listPresent()).toMatchObject([{ tenant: TENANT, record: { clientId: 'alice', status: 'online' } }]);
    expect(forgotten).toBe(1);
  });
});

describe('a store that has lost nothing', () => {
  it('goes on with its numbers in another incarnation, and nobody is told anything', async () => {
    await publish('one');
    await save();
    await restart();
    const next = await publish('two');
    expect(next).toMatchObject({ seq: 2 });
    expect(next.incarnation).toBeGreaterThan(0);
    await has(2, 'two');
    await publish('three');
    await has(3, 'three');
    expect(brought.map(({ seq, change }) => `${seq} ${change?.kind ?? 'message'}`)).toEqual(['1 message', '2 message', '3 message']);
  });
});
