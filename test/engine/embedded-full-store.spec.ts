// The embedded store without space: writes are refused whole, and the engine goes on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedEngine } from '../../src/engine/index.js';
import { rejection } from './conformance/engine-fixture.js';
import { ManualClock } from './conformance/manual-clock.js';
import { createDataDir, startEngine } from './embedded-store.js';

const LIMIT = 1024 * 1024;

describe('a full embedded store', () => {
  let dir: Awaited<ReturnType<typeof createDataDir>>;
  let engine: EmbeddedEngine;
  let clock: ManualClock;
  const request = (log: string, bytes = 8000) => ({ tenant: 't', log, type: 'message', data: JSON.stringify('x'.repeat(bytes)), at: clock.now() });
  const head = async () => (await engine.getRoom('t', 'r1'))?.head;

  /** Appends until the store is full; returns what the last append was refused with. */
  const fill = async () => {
    for (;;) {
      const answer = await engine.append([request('r1')]).catch((cause: unknown) => cause);
      if (answer instanceof Error) return answer;
    }
  };

  beforeEach(async () => {
    dir = await createDataDir();
    clock = new ManualClock();
    engine = await startEngine(dir.path, { maxStoreBytes: LIMIT }, clock);
    await engine.createRoom({ tenant: 't', roomId: 'r1', name: null, metadata: null, members: ['alice'], at: clock.now() });
  });
  afterEach(async () => {
    await engine.stop();
    await dir.remove();
  });

  it('refuses appends with STORE_FULL and takes no number for them', async () => {
    const fed: number[] = [];
    engine.listen((entries) => fed.push(...entries.map(({ seq }) => seq)));
    expect(await fill()).toMatchObject({ code: 'STORE_FULL', status: 507 });
    const full = await head();
    expect(full).toBeGreaterThan(50);
    expect(fed.at(-1)).toBe(full);
    expect((await engine.readLog({ tenant: 't', log: 'r1' }, 0, 1000)).length).toBe(full);
  });

  it('refuses a whole call: none of its entries, members or idempotency ids is kept', async () => {
    await fill();
    const before = await engine.getRoom('t', 'r1');
    const appends = Array.from({ length: 50 }, (_, i) => ({ ...request('r1', 2000), idempotency: { sender: 'alice', id: `m${i}` } }));
    const changes = Array.from({ length: 1000 }, (_, i) => ({ kind: 'add' as const, clientId: `client-${i}` }));
    expect(await rejection(engine.append(appends))).toMatchObject({ code: 'STORE_FULL' });
    expect(await rejection(engine.changeMembers({ tenant: 't', roomId: 'r1', changes, silent: false, at: clock.now() }))).toMatchObject({ code: 'STORE_FULL' });
    expect(await engine.getRoom('t', 'r1')).toEqual(before);
    expect((await engine.listMembers('t', 'r1', { limit: 10 })).items.map(({ clientId }) => clientId)).toEqual(['alice']);
  });

  it('answers the reads of a batch whose writes it refuses', async () => {
    await fill();
    const before = await head();
    const [room, refused, queue] = await Promise.all([
      engine.getRoom('t', 'r1'),
      rejection(engine.append([request('r1', 60_000)])),
      engine.openQueue({ tenant: 't', clientId: 'alice', device: '' }),
    ]);
    expect(refused).toMatchObject({ code: 'STORE_FULL' });
    expect(room?.head).toBe(before);
    expect(queue.logs).toContainEqual({ log: 'r1', after: 0, head: before, memberCount: 1 });
  });

  it('accepts writes again as soon as there is space', async () => {
    await fill();
    const before = (await head()) ?? 0;
    clock.advanceSeconds(3601);
    while (await engine.housekeep());
    expect(await engine.append([request('r1')])).toMatchObject([{ seq: before + 1 }]);
  });

  it('is whole after a restart with a larger limit', async () => {
    await fill();
    const before = (await head()) ?? 0;
    await engine.stop();
    engine = await startEngine(dir.path, { maxStoreBytes: 4 * LIMIT }, clock);
    expect(await engine.append([request('r1')])).toMatchObject([{ seq: before + 1 }]);
    expect((await engine.readLog({ tenant: 't', log: 'r1' }, 0, 1000)).map(({ seq }) => seq)).toEqual(Array.from({ length: before + 1 }, (_, i) => i + 1));
  });
});
