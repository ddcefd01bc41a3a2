// The embedded store clears away what is too old, slice by slice.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedEngine } from '../../src/engine/index.js';
import { ManualClock } from './conformance/manual-clock.js';
import { createDataDir, startEngine } from './embedded-store.js';

describe('housekeeping', () => {
  let dir: Awaited<ReturnType<typeof createDataDir>>;
  let engine: EmbeddedEngine;
  let clock: ManualClock;
  const createRoom = (roomId: string, members: string[] = []) => engine.createRoom({ tenant: 't', roomId, name: null, metadata: null, members, at: clock.now() });
  const append = (log: string, count: number, id?: string) =>
    engine.append(
      Array.from({ length: count }, (_, i) => ({
        tenant: 't',
        log,
        type: 'message',
        data: `${i}`,
        at: clock.now(),
        ...(id !== undefined && { idempotency: { sender: 'alice', id: `${id}-${i}` } }),
      })),
    );

  /** Clears away slice by slice; returns how many there were. */
  const clear = async () => {
    let slices = 1;
    while (await engine.housekeep()) slices++;
    return slices;
  };

  /** Stops the engine and counts what is in its tables. */
  const countRows = async () => {
    await engine.stop();
    const db = new Database(join(dir.path, 'chatapi.db'), { readonly: true });
    const tables = ['logs', 'entries', 'silent', 'idempotency', 'members', 'cursors', 'rooms', 'discarded', 'outbox', 'outbox_ids'];
    const rows = tables.map((table) => [table, db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]);
    db.close();
    return Object.fromEntries(rows);
  };

  beforeEach(async () => {
    dir = await createDataDir();
    clock = new ManualClock();
    engine = await startEngine(dir.path, {}, clock);
  });
  afterEach(async () => {
    await engine.stop();
    await dir.remove();
  });

  it('leaves alone what is young enough', async () => {
    await createRoom('r1', ['alice']);
    await append('r1', 10, 'm');
    expect(await clear()).toBe(1);
    expect(await countRows()).toMatchObject({ entries: 10, idempotency: 10 });
  });

  it('deletes old entries, silent numbers and idempotency ids, in several slices when there are many', async () => {
    await createRoom('r1', ['alice']);
    await createRoom('r2');
    for (let round = 0; round < 3; round++) await append(`r${1 + (round % 2)}`, 700, `m${round}`);
    const changes = Array.from({ length: 700 }, (_, i) => ({ kind: 'add' as const, clientId: `c${i}` }));
    await engine.changeMembers({ tenant: 't', roomId: 'r1', changes, silent: true, at: clock.now() });
    clock.advanceSeconds(3601);
    await append('r1', 3, 'young');
    expect(await clear()).toBeGreaterThan(3);
    expect(await countRows()).toEqual({ logs: 2, entries: 3, silent: 0, idempotency: 3, members: 701, cursors: 0, rooms: 2, discarded: 0, outbox: 0, outbox_ids: 0 });
  });

  it('deletes what a deleted room leaves behind', async () => {
    await createRoom('r1', Array.from({ length: 900 }, (_, i) => `c${i}`));
    await append('r1', 600, 'm');
    await engine.saveCursors([{ tenant: 't', clientId: 'c1', device: '', log: 'r1', seq: 1, clientSeq: 0, at: clock.now() }]);
    await createRoom('r2', ['c1']);
    await engine.deleteRoom({ tenant: 't', roomId: 'r1', at: clock.now() });
    await clear();
    clock.advanceSeconds(3601);
    await clear();
    expect(await countRows()).toEqual({ logs: 1, entries: 0, silent: 0, idempotency: 0, members: 1, cursors: 0, rooms: 1, discarded: 0, outbox: 0, outbox_ids: 0 });
  });

  it('deletes at once what a room leaves behind whose name is used anew', async () => {
    await createRoom('r1', ['alice', 'bob']);
    await append('r1', 5, 'm');
    await engine.deleteRoom({ tenant: 't', roomId: 'r1', at: clock.now() });
    await createRoom('r1', ['carol']);
    await append('r1', 1);
    await clear();
    expect(await countRows()).toEqual({ logs: 1, entries: 1, silent: 0, idempotency: 0, members: 1, cursors: 0, rooms: 1, discarded: 0, outbox: 0, outbox_ids: 0 });
  });

  it('finds nothing left of a member who has gone', async () => {
    await createRoom('r1', ['alice', 'bob']);
    await append('r1', 1);
    for (const device of ['', 'phone']) await engine.saveCursors([{ tenant: 't', clientId: 'alice', device, log: 'r1', seq: 1, clientSeq: 0, at: clock.now() }]);
    await engine.changeMembers({ tenant: 't', roomId: 'r1', changes: [{ kind: 'remove', clientId: 'alice' }], silent: false, at: clock.now() });
    expect(await countRows()).toMatchObject({ members: 1, cursors: 0 });
  });

  it('keeps little more of a log than QUEUE_MAX_PER_CLIENT, without waiting for anything to grow old', async () => {
    await createRoom('r1');
    for (let round = 0; round < 20; round++) await append('r1', 500);
    const { entries } = await countRows();
    expect(entries).toBeGreaterThanOrEqual(1000);
    expect(entries).toBeLessThan(1200);
  });

  it('forgets messages to others that nobody asks for any more, and ids that need not be remembered', async () => {
    const add = (destination: string, keepMs: number, rememberMs: number) => engine.outbox.add(destination, [{ id: 'a', body: '' }], { max: 10, rememberMs, keepMs }, clock.now());
    await add('old', 5_000, 1_000);
    await add('new', 60_000, 60_000);
    clock.advanceSeconds(6);
    await clear();
    expect(await countRows()).toMatchObject({ outbox: 1, outbox_ids: 1 });
  });
});
