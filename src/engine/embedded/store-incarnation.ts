// Noticing at the start that the store may have lost its tail, so that no entry's id comes twice with two bodies.
import { readFileSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Durability } from './embedded-engine.options.js';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** What the store remembers of its last run. */
type Remembered = Record<'identity' | 'boot_id' | 'durability' | 'clean' | 'incarnation', string | number | undefined>;

/** Empty where the system has none. */
function readBootId(): string {
  try {
    return readFileSync(BOOT_ID_FILE, 'utf8').trim();
  } catch {
    return '';
  }
}

/** A file that was copied or restored is another file; a system that crashed took what was only handed to it. */
function mayHaveLostTail(last: Remembered, identity: string, bootId: string): boolean {
  if (last.identity === undefined) return false;
  if (last.identity !== identity) return true;
  return last.durability === 'os' && last.clean !== 1 && (bootId === '' || last.boot_id !== bootId);
}

/** Raises the incarnation of the store, and with it of everything that is made from now on. */
export function raiseIncarnation(db: Database): void {
  db.prepare(`UPDATE meta SET value = value + 1 WHERE key = 'incarnation'`).run();
}

function identityOf(db: Database): string {
  const { dev, ino } = statSync(db.name, { bigint: true });
  return `${dev}:${ino}`;
}

function remembered(db: Database): Remembered {
  const rows = db.prepare('SELECT key, value FROM meta').all() as { key: string; value: string | number }[];
  return Object.fromEntries(rows.map(({ key, value }) => [key, value])) as Remembered;
}

/** What a store says of itself to who only reads it. */
export function readLastRun(db: Database): { identity: string; incarnation: number; mayHaveLostTail: boolean } {
  const last = remembered(db);
  return {
    identity: `${last.identity ?? ''}/${last.boot_id ?? ''}`,
    incarnation: Number(last.incarnation),
    mayHaveLostTail: mayHaveLostTail(last, identityOf(db), readBootId()),
  };
}

/** Takes the store over for this run: where its tail may be lost, all logs go on in a new incarnation. */
export function takeOver(db: Database, durability: Durability): void {
  const identity = identityOf(db);
  const bootId = readBootId();
  const set = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  db.transaction(() => {
    if (mayHaveLostTail(remembered(db), identity, bootId)) {
      raiseIncarnation(db);
      db.prepare(`UPDATE logs SET incarnation = (SELECT value FROM meta WHERE key = 'incarnation')`).run();
    }
    set.run('identity', identity);
    set.run('boot_id', bootId);
    set.run('durability', durability);
    set.run('clean', 0);
  })();
}

/** Remembers that everything was written before the store was closed. */
export function markClean(db: Database): void {
  db.prepare(`UPDATE meta SET value = 1 WHERE key = 'clean'`).run();
}
