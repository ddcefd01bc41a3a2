// A store that an older version wrote is brought up to date when it is opened, with everything in it.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedEngine } from '../../src/engine/index.js';
import { ManualClock } from './conformance/manual-clock.js';
import { createDataDir, startEngine } from './embedded-store.js';

const TENANT = 'acme';
const ROOM = { tenant: TENANT, log: 'kitchen' };
const PHONE = { tenant: TENANT, clientId: 'alice', device: 'phone' };

describe('a store of schema version 1', () => {
  let dataDir: Awaited<ReturnType<typeof createDataDir>>;
  let engine: EmbeddedEngine;
  const clock = new ManualClock();
  const file = () => join(dataDir.path, 'chatapi.db');
  const version = () => {
    const db = new Database(file());
    try {
      return db.pragma('user_version', { simple: true });
    } finally {
      db.close();
    }
  };

  beforeEach(async () => {
    dataDir = await createDataDir();
    mkdirSync(dataDir.path);
    const db = new Database(file());
    db.exec(readFileSync(join(import.meta.dirname, 'store-version-1.sql'), 'utf8'));
    db.close();
    expect(version()).toBe(1);
    engine = await startEngine(dataDir.path, {}, clock);
  });
  afterEach(async () => {
    await engine.stop();
    await dataDir.remove();
  });

  it('keeps its rooms and members', async () => {
    expect(await engine.getRoom(TENANT, 'kitchen')).toMatchObject({ name: 'Kitchen', metadata: { floor: 2 }, memberCount: 2, head: 5 });
    expect((await engine.listMembers(TENANT, 'kitchen', { limit: 9 })).items).toMatchObject([
      { clientId: 'alice', joinedSeq: 0 },
      { clientId: 'carol', joinedSeq: 2 },
    ]);
    expect(await engine.getRoom(TENANT, 'cellar')).toBeUndefined();
  });

  it('keeps its logs, and goes on behind them', async () => {
    expect((await engine.readLog(ROOM, 0, 9)).map(({ seq, incarnation, type }) => [seq, incarnation, type])).toEqual([
      [1, 0, 'message'],
      [2, 0, 'message'],
      [4, 0, 'room_update'],
      [5, 0, 'message'],
    ]);
    const appended = await engine.append([{ ...ROOM, type: 'message', data: '{"text":"next"}', at: clock.now() }]);
    expect(appended).toMatchObject([{ seq: 6, duplicate: false }]);
    const repeated = await engine.append([{ ...ROOM, type: 'message', data: '{}', at: clock.now(), idempotency: { sender: 'alice', id: 'm1' } }]);
    expect(repeated).toMatchObject([{ seq: 1, duplicate: true, firstData: '{"text":"first"}' }]);
  });

  it('keeps its cursors, queues and presence', async () => {
    const { logs, known, presencePosition } = await engine.openQueue(PHONE);
    expect({ known, presencePosition }).toEqual({ known: true, presencePosition: 1 });
    expect(logs.map(({ log, after, head }) => [log, after, head]).sort()).toEqual([['@alice', 0, 1], ['cellar', 0, 1], ['kitchen', 1, 5]]);
    expect(await engine.getPresence(TENANT, ['alice', 'bob'])).toMatchObject([{ status: 'online' }, { status: 'offline' }]);
  });

  it('keeps bans and revocations from then on, also after it is opened once more', async () => {
    const ban = { tenant: TENANT, clientId: 'mallory', reason: 'flood', bannedAt: clock.now(), until: clock.now() + 60_000 };
    const revocation = { tenant: TENANT, tokenId: 'jti-1', revokedAt: clock.now() };
    expect([await engine.listBans(clock.now()), await engine.listRevocations(0)]).toEqual([[], []]);
    await engine.saveBan(ban);
    await engine.saveRevocation(revocation);
    await engine.stop();
    expect(version()).toBeGreaterThan(1);
    engine = await startEngine(dataDir.path, {}, clock);
    expect(await engine.listBans(clock.now())).toMatchObject([ban]);
    expect(await engine.listRevocations(0)).toMatchObject([revocation]);
    expect(await engine.getRoom(TENANT, 'kitchen')).toMatchObject({ head: 5 });
  });
});
