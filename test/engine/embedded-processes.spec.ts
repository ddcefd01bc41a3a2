// The embedded store and processes: one at a time, killed at any moment, ended by a broken disk.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedEngine } from '../../src/engine/index.js';
import { createDataDir, startEngine } from './embedded-store.js';
import { StoreProcess } from './store-process.js';

describe('the embedded store', () => {
  let dir: Awaited<ReturnType<typeof createDataDir>>;
  let engine: EmbeddedEngine | undefined;
  const processes: StoreProcess[] = [];
  const spawnProcess = (fileBlocks?: number) => {
    const spawned = new StoreProcess(dir.path, fileBlocks);
    processes.push(spawned);
    return spawned;
  };

  beforeEach(async () => {
    dir = await createDataDir();
  });
  afterEach(async () => {
    await engine?.stop();
    engine = undefined;
    await Promise.all(processes.splice(0).map((spawned) => spawned.kill()));
    await dir.remove();
  });

  it('is refused to a second process, which is told the directory and the cure', async () => {
    engine = await startEngine(dir.path);
    expect(await spawnProcess().line()).toBe(
      `not started: The store in ${dir.path} is in use by another process. Stop that process, or give this one a DATA_DIR of its own.`,
    );
    await engine.stop();
    expect(await spawnProcess().line()).toBe('started');
  });

  it('is free as soon as its process is killed, and has everything that was answered', async () => {
    const first = spawnProcess();
    expect(await first.line()).toBe('started');
    for (let seq = 1; seq <= 20; seq++) expect(await first.append(100)).toBe(`appended ${seq}`);
    await first.kill();
    engine = await startEngine(dir.path);
    const entries = await engine.readLog({ tenant: 't', log: '@alice' }, 0, 100);
    expect(entries.map(({ seq, incarnation }) => [seq, incarnation])).toEqual(Array.from({ length: 20 }, (_, i) => [i + 1, 0]));
  });

  it('fails for good when the disk does: the write is unknown, the process is told, nothing more is accepted', async () => {
    const limited = spawnProcess(512);
    expect(await limited.line()).toBe('started');
    const said: (string | undefined)[] = [];
    while (said.at(-1)?.startsWith('appended') ?? true) said.push(await limited.append(20_000));
    expect(said.length).toBeGreaterThan(1);
    expect([said.at(-1), await limited.line(), await limited.append(1)].sort()).toEqual([
      expect.stringMatching(/^fatal disk I\/O error/),
      'refused STORE_UNAVAILABLE',
      'refused STORE_UNAVAILABLE',
    ]);
    await limited.kill();
    engine = await startEngine(dir.path);
    expect((await engine.readLog({ tenant: 't', log: '@alice' }, 0, 1000)).length).toBeGreaterThanOrEqual(said.length - 1);
  });
});
