// The embedded store notices that it may have lost its tail: no id comes twice with two bodies.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Durability, type EmbeddedEngine } from '../../src/engine/index.js';
import { ManualClock } from './conformance/manual-clock.js';
import { createDataDir, startEngine } from './embedded-store.js';

describe("the embedded store's incarnation", () => {
  let dir: Awaited<ReturnType<typeof createDataDir>>;
  let engine: EmbeddedEngine;
  let clock: ManualClock;
  const createRoom = (roomId: string) => engine.createRoom({ tenant: 't', roomId, name: null, metadata: null, members: [], at: clock.now() });
  const append = async (log: string) => {
    const [result] = await engine.append([{ tenant: 't', log, type: 'message', data: '1', at: clock.now() }]);
    if (result instanceof Error) throw result;
    return [result.incarnation, result.seq];
  };
  const restart = async (path = dir.path, durability: Durability = 'fsync') => {
    await engine.stop();
    engine = await startEngine(path, { durability }, clock);
  };

  /** What is left behind when the machine went down, as far as the store can tell at its next start. */
  const pretendPowerCut = async () => {
    await engine.stop();
    const db = new Database(join(dir.path, 'chatapi.db'));
    db.prepare(`UPDATE meta SET value = 0 WHERE key = 'clean'`).run();
    db.prepare(`UPDATE meta SET value = 'another boot' WHERE key = 'boot_id'`).run();
    db.close();
  };

  beforeEach(async () => {
    dir = await createDataDir();
    clock = new ManualClock();
    engine = await startEngine(dir.path, {}, clock);
    await createRoom('r1');
  });
  afterEach(async () => {
    await engine.stop();
    await dir.remove();
  });

  it('stays the same over restarts', async () => {
    expect(await append('r1')).toEqual([0, 1]);
    await restart();
    expect(await append('r1')).toEqual([0, 2]);
  });

  it('rises when the directory was restored from a copy, in every log; what is kept keeps its own', async () => {
    await append('r1');
    await append('@alice');
    const copy = join(dir.path, '..', 'restored');
    await engine.stop();
    await cp(dir.path, copy, { recursive: true });
    engine = await startEngine(dir.path, {}, clock);
    expect(await append('r1')).toEqual([0, 2]);
    await restart(copy);
    expect(await append('r1')).toEqual([1, 2]);
    expect(await append('@alice')).toEqual([1, 2]);
    expect(await append('@new')).toEqual([1, 1]);
    await createRoom('r2');
    expect(await append('r2')).toEqual([1, 1]);
    expect((await engine.readLog({ tenant: 't', log: 'r1' }, 0, 9)).map(({ incarnation }) => incarnation)).toEqual([0, 1]);
    await restart(copy);
    expect(await append('r1')).toEqual([1, 3]);
  });

  it('rises when the machine went down under DURABILITY=os', async () => {
    await restart(dir.path, 'os');
    await append('r1');
    await pretendPowerCut();
    engine = await startEngine(dir.path, {}, clock);
    expect(await append('r1')).toEqual([1, 2]);
  });

  it('stays the same when the machine went down under DURABILITY=fsync, which loses nothing', async () => {
    await append('r1');
    await pretendPowerCut();
    engine = await startEngine(dir.path, { durability: 'os' }, clock);
    expect(await append('r1')).toEqual([0, 2]);
  });

  it('stays the same under DURABILITY=os after a clean end, whatever the machine did since', async () => {
    await restart(dir.path, 'os');
    await append('r1');
    await engine.stop();
    const db = new Database(join(dir.path, 'chatapi.db'));
    db.prepare(`UPDATE meta SET value = 'another boot' WHERE key = 'boot_id'`).run();
    db.close();
    engine = await startEngine(dir.path, {}, clock);
    expect(await append('r1')).toEqual([0, 2]);
  });

  it('rises for rooms made after a deleted room was forgotten', async () => {
    await append('r1');
    await createRoom('other');
    await engine.deleteRoom({ tenant: 't', roomId: 'r1', at: clock.now() });
    clock.advanceSeconds(3601);
    while (await engine.housekeep());
    await createRoom('r1');
    expect(await append('r1')).toEqual([1, 1]);
    expect(await append('other')).toEqual([0, 1]);
  });
});
