// Group commit: what is appended at the same time shares commits. Counted in the write-ahead log, not timed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedEngine } from '../../src/engine/index.js';
import { createDataDir, startEngine } from './embedded-store.js';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Commits in a write-ahead log (https://www.sqlite.org/fileformat2.html#the_write_ahead_log): frames that name a database size. */
function countCommits(dataDir: string): number {
  const wal = readFileSync(join(dataDir, 'chatapi.db-wal'));
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let offset = WAL_HEADER_BYTES; offset + frameBytes <= wal.length; offset += frameBytes) {
    if (!wal.subarray(offset + 8, offset + 16).equals(salt)) break;
    if (wal.readUInt32BE(offset + 4) !== 0) commits++;
  }
  return commits;
}

describe('the embedded engine', () => {
  let dir: Awaited<ReturnType<typeof createDataDir>>;
  let engine: EmbeddedEngine;
  const append = () => engine.append([{ tenant: 't', log: '@alice', type: 'message', data: '"x"', at: Date.now() }]);

  beforeEach(async () => {
    dir = await createDataDir();
    engine = await startEngine(dir.path);
  });
  afterEach(async () => {
    await engine.stop();
    await dir.remove();
  });

  it('commits each append that comes alone by itself', async () => {
    const before = countCommits(dir.path);
    for (let i = 0; i < 10; i++) await append();
    expect(countCommits(dir.path) - before).toBe(10);
  });

  it("commits all of a tick's appends at once", async () => {
    const before = countCommits(dir.path);
    await Promise.all(Array.from({ length: 100 }, append));
    expect(countCommits(dir.path) - before).toBe(1);
  });

  it('needs far fewer commits than appends when many publish at the same time', async () => {
    const before = countCommits(dir.path);
    await Promise.all(
      Array.from({ length: 100 }, async (_, publisher) => {
        for (let i = 0; i < 10; i++) {
          for (let tick = 0; tick < publisher % 3; tick++) await new Promise(setImmediate);
          await append();
        }
      }),
    );
    const commits = countCommits(dir.path) - before;
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThan(1000 / 10);
  });

  it('lets what connections need go together, also when they come one a tick', async () => {
    const before = countCommits(dir.path);
    const save = (clientId: string, position: number) => engine.savePresencePosition({ tenant: 't', clientId, device: '' }, position);
    const positions = Array.from({ length: 20 }, (_, i) => i + 1);
    const connection = async (clientId: string) => {
      for (const position of positions) await save(clientId, position);
    };
    const first = connection('alice');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    await Promise.all([first, connection('bob')]);
    expect(countCommits(dir.path) - before).toBeLessThan(30);
  });

  it('lets an append take along what waits, in the order in which it came', async () => {
    const owner = { tenant: 't', clientId: 'alice', device: '' };
    await append();
    // What comes now is behind a batch that went just before.
    await engine.savePresencePosition(owner, 1);
    const before = countCommits(dir.path);
    const raise = engine.saveCursors([{ ...owner, log: '@alice', seq: 2, clientSeq: 0, at: 0 }]);
    const [, , queue] = await Promise.all([raise, append(), engine.openQueue(owner)]);
    // The cursor was cut to the head that there was before the append, and the queue was opened behind both.
    expect(queue.logs).toEqual([{ log: '@alice', after: 1, head: 2, memberCount: 1 }]);
    expect(countCommits(dir.path) - before).toBe(1);
  });

  it('undoes what fails unforeseen, alone: the rest of its batch is carried out', async () => {
    const room = { tenant: 't', roomId: 'r1' };
    await engine.createRoom({ ...room, name: null, metadata: null, members: [], at: 0 });
    const add = (clientId: string, at: number) => engine.changeMembers({ ...room, changes: [{ kind: 'add', clientId }], silent: false, at });
    const outcomes = await Promise.allSettled([add('alice', 0), add('bob', NaN), add('carol', 0)]);
    expect(outcomes).toMatchObject([{ value: { added: { length: 1 } } }, { reason: { code: 'SERVER_ERROR' } }, { value: { added: { length: 1 } } }]);
    expect((await engine.listMembers('t', 'r1', { limit: 9 })).items.map(({ clientId }) => clientId)).toEqual(['alice', 'carol']);
    expect(await engine.getRoom('t', 'r1')).toMatchObject({ head: 2, memberCount: 2 });
  });

  it('commits nothing for reads, refusals and changes that change nothing', async () => {
    await append();
    const before = countCommits(dir.path);
    await engine.append([{ tenant: 't', log: 'nowhere', type: 'message', data: '1', at: Date.now() }]);
    await engine.openQueue({ tenant: 't', clientId: 'alice', device: '' });
    await engine.saveCursors([{ tenant: 't', clientId: 'alice', device: '', log: 'nowhere', seq: 1, clientSeq: 0, at: Date.now() }]);
    await engine.housekeep();
    expect(countCommits(dir.path)).toBe(before);
  });
});
