// The files of an audit directory: their names, their order, and their end.
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** `audit-00000042-20240115T103000000Z.jsonl`: the number gives the order, whatever the clock did; the time is when it was begun. */
const FILE_NAME = /^audit-(\d{8,15})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.jsonl$/;

/** One audit file. */
export interface AuditFileEntry {
  readonly path: string;
  /** 1, 2, 3 …: later files have higher ones. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
}

/** The file with this number, begun at a time. */
export function auditFileEntry(directory: string, number: number, begunAt: number): AuditFileEntry {
  const time = new Date(begunAt).toISOString().replace(/[-:.]/g, '');
  return { path: join(directory, `audit-${String(number).padStart(8, '0')}-${time}.jsonl`), number, begunAt };
}

/** The audit files of a directory, oldest first. Other files are left out. */
export async function listAuditFiles(directory: string): Promise<AuditFileEntry[]> {
  const entries: AuditFileEntry[] = [];
  for (const name of await readdir(directory)) {
    const match = FILE_NAME.exec(name);
    if (match === null) continue;
    const [number, year, month, day, hour, minute, second, millisecond] = match.slice(1).map(Number);
    entries.push({ path: join(directory, name), number, begunAt: Date.UTC(year, month - 1, day, hour, minute, second, millisecond) });
  }
  return entries.sort((a, b) => a.number - b.number);
}

/** Deletes what was closed before a time (or, after a crash, written to last); resolves with how many files that were. */
export async function deleteClosedBefore(files: readonly AuditFileEntry[], time: number): Promise<number> {
  let deleted = 0;
  for (const { path } of files) {
    if ((await stat(path)).mtimeMs >= time) continue;
    await unlink(path);
    deleted++;
  }
  return deleted;
}
