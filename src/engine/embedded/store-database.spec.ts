// How the store's file is opened.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Durability } from './embedded-engine.options.js';
import { openDatabase, STORE_FILE } from './store-database.js';
import { SCHEMA_VERSION } from './store-schema.js';

describe('openDatabase', () => {
  let parent: string;
  let dataDir: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'chatapi-store-'));
    dataDir = join(parent, 'deep', 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const open = (durability: Durability = 'fsync', maxStoreBytes = 0) =>
    openDatabase({ dataDir, durability, maxStoreBytes, queueMaxPerClient: 10, queueTtlMs: 1, idempotencyTtlMs: 1, personalPrefix: '@' });

  it.each([
    ['fsync', 2],
    ['os', 1],
  ] as const)('writes ahead with DURABILITY=%s as synchronous=%i, also when it opens the store again', (durability, synchronous) => {
    for (let run = 0; run < 2; run++) {
      const db = open(durability);
      expect([db.pragma('journal_mode', { simple: true }), db.pragma('synchronous', { simple: true })]).toEqual(['wal', synchronous]);
      db.close();
    }
  });

  it('makes the directory for its owner alone', () => {
    open().close();
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  it('limits the size of the file when asked to', () => {
    const db = open('fsync', 1024 * 1024);
    expect((db.pragma('max_page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)).toBe(1024 * 1024);
    db.close();
  });

  it('refuses a store that is open already, naming the directory and the cure', () => {
    const db = open();
    expect(() => open()).toThrow(`The store in ${dataDir} is in use by another process. Stop that process, or give this one a DATA_DIR of its own.`);
    db.close();
  });

  it('refuses a store that a newer version has written, and leaves it as it is', () => {
    open().close();
    const file = new Database(join(dataDir, STORE_FILE));
    file.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    file.close();
    expect(() => open()).toThrow(`The store in ${dataDir} was written by a newer version`);
    const untouched = new Database(join(dataDir, STORE_FILE));
    expect(untouched.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 1);
    untouched.close();
  });

  it('refuses a place where no directory can be made, naming the cure', () => {
    writeFileSync(join(parent, 'deep'), 'a file');
    expect(() => open()).toThrow(/cannot be opened: .*Make the directory writable, or name another DATA_DIR/);
  });
});
