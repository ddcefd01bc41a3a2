// The default sink on a real directory: rotation, retention, trouble with the disk, restarts.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, type Dirent, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../audit-record.js';
import { auditFileEntry } from './audit-directory.js';
import { FileAuditSink } from './file-audit-sink.js';

const BEGIN = Date.parse('2024-01-15T10:30:00.000Z');
const HOUR_MS = 3_600_000;

let parent: string;
let directory: string;
let clock: { at: number; now(): number };
let log: string[];
let open: FileAuditSink[];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chatapi-audit-'));
  directory = join(parent, 'data', 'audit');
  clock = { at: BEGIN, now: () => clock.at };
  log = [];
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((sink) => sink.close()));
  rmSync(parent, { recursive: true });
});

async function openSink({ fileMaxBytes = 1_000_000, fileMaxMs = 24 * HOUR_MS, retentionMs = 0 } = {}): Promise<FileAuditSink> {
  const note = ({ msg }: { msg: string }) => void log.push(msg);
  const sink = new FileAuditSink({ directory, fileMaxBytes, fileMaxMs, retentionMs }, clock, { warn: note, error: note });
  open.push(sink);
  await sink.open();
  return sink;
}

function numbered(seq: number): AuditRecord {
  return { time: new Date(clock.at).toISOString(), action: 'published', tenant: 'default', client_id: 'alice', room_id: 'r', seq };
}

const LINE_BYTES = JSON.stringify(numberedAtBegin(100)).length + 1;

function numberedAtBegin(seq: number): AuditRecord {
  return { time: new Date(BEGIN).toISOString(), action: 'published', tenant: 'default', client_id: 'alice', room_id: 'r', seq };
}

const files = () => readdirSync(directory).sort();
const contents = (name: string) => readFileSync(join(directory, name), 'utf8');
const lines = () => files().flatMap((name) => contents(name).split('\n').filter((line) => line !== ''));
const seqs = () => lines().map((line) => (JSON.parse(line) as AuditRecord).seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the files', () => {
  it('are JSON Lines for their owner alone, in a directory for its owner alone', async () => {
    const sink = await openSink();
    sink.write([numbered(1), numbered(2)]);
    await sink.flush();
    expect(files()).toEqual(['audit-00000001-20240115T103000000Z.jsonl']);
    expect(contents(files()[0])).toBe(`${JSON.stringify(numbered(1))}\n${JSON.stringify(numbered(2))}\n`);
    expect([statSync(directory).mode & 0o777, statSync(join(directory, files()[0])).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('are written soon, without anybody asking', async () => {
    const sink = await openSink();
    sink.write([numbered(1)]);
    expect(lines()).toEqual([]);
    await expect.poll(seqs, { timeout: 10_000 }).toEqual([1]);
  });

  it('never become larger than AUDIT_FILE_MAX_BYTES, and lose nothing in between', async () => {
    const sink = await openSink({ fileMaxBytes: 10 * LINE_BYTES });
    for (const seq of range(100, 134)) {
      sink.write([numbered(seq)]);
      if (seq % 7 === 0) await sink.flush();
    }
    await sink.flush();
    expect(files().map((name) => statSync(join(directory, name)).size)).toEqual([10, 10, 10, 5].map((count) => count * LINE_BYTES));
    expect(seqs()).toEqual(range(100, 134));
  });

  it('hold a record that alone is larger than that, in a file of its own', async () => {
    const sink = await openSink({ fileMaxBytes: 3 * LINE_BYTES });
    sink.write([numbered(1), { ...numbered(2), reason: 'x'.repeat(4 * LINE_BYTES) }, numbered(3)]);
    await sink.flush();
    expect(files()).toHaveLength(3);
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('end after AUDIT_FILE_MAX_SECONDS, also when nothing is written', async () => {
    const sink = await openSink({ fileMaxMs: HOUR_MS });
    sink.write([numbered(1)]);
    await sink.flush();
    clock.at += HOUR_MS - 1;
    sink.write([numbered(2)]);
    await sink.housekeep();
    clock.at += 1;
    await sink.housekeep();
    expect(files()).toHaveLength(1);
    sink.write([numbered(3)]);
    await sink.flush();
    expect(files()).toEqual(['audit-00000001-20240115T103000000Z.jsonl', 'audit-00000002-20240115T113000000Z.jsonl']);
    expect(contents(files()[1])).toBe(`${JSON.stringify(numbered(3))}\n`);
  });

  it('are deleted AUDIT_RETENTION_SECONDS after they were closed, not after they were begun; others in the directory are not', async () => {
    const sink = await openSink({ fileMaxMs: HOUR_MS, retentionMs: 3 * HOUR_MS });
    writeFileSync(join(directory, 'notes.txt'), 'by hand');
    sink.write([numbered(1)]);
    await sink.flush();
    clock.at += HOUR_MS;
    sink.write([numbered(2)]);
    await sink.flush();
    clock.at += 3 * HOUR_MS;
    await sink.housekeep();
    expect(files()).toHaveLength(3);
    clock.at += 1;
    await sink.housekeep();
    expect(files()).toEqual(['audit-00000002-20240115T113000000Z.jsonl', 'notes.txt']);
  });

  it('are kept for ever with a retention of 0', async () => {
    const sink = await openSink({ fileMaxMs: HOUR_MS });
    for (const seq of range(1, 3)) {
      sink.write([numbered(seq)]);
      await sink.flush();
      clock.at += 10_000 * HOUR_MS;
      await sink.housekeep();
    }
    expect(seqs()).toEqual([1, 2, 3]);
  });
});

describe('after a restart', () => {
  it('the newest file is gone on with', async () => {
    const first = await openSink();
    first.write([numbered(1)]);
    await first.close();
    const second = await openSink();
    second.write([numbered(2)]);
    await second.close();
    expect(files()).toHaveLength(1);
    expect(seqs()).toEqual([1, 2]);
  });

  it('a file that is full or old is not, and the numbers go on even if the clock was set back', async () => {
    const first = await openSink({ fileMaxBytes: 2 * LINE_BYTES });
    first.write(range(100, 101).map(numbered));
    await first.close();
    clock.at -= HOUR_MS;
    const second = await openSink({ fileMaxBytes: 2 * LINE_BYTES });
    second.write([numbered(102)]);
    await second.close();
    expect(files()).toEqual(['audit-00000001-20240115T103000000Z.jsonl', 'audit-00000002-20240115T093000000Z.jsonl']);
    expect(seqs()).toEqual([100, 101, 102]);
  });

  it('a line that a crash has torn does not spoil the next one', async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(auditFileEntry(directory, 1, BEGIN).path, `${JSON.stringify(numbered(1))}\n{"time":"2024-01-15T10:3`);
    const sink = await openSink();
    sink.write([numbered(2)]);
    await sink.flush();
    expect(lines()).toEqual([JSON.stringify(numbered(1)), '{"time":"2024-01-15T10:3', JSON.stringify(numbered(2))]);
    expect((await sink.read({ tenant: 'default', limit: 9 })).records.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it('everything is there that was handed over before the end', async () => {
    const sink = await openSink();
    sink.write(range(1, 20_000).map(numbered));
    await sink.close();
    expect(seqs()).toEqual(range(1, 20_000));
  });
});

describe('when the disk has trouble', () => {
  const firstFile = () => auditFileEntry(directory, 1, BEGIN).path;

  it('a directory that cannot be written to stops the start, and the message names the cure', async () => {
    writeFileSync(join(parent, 'data'), 'a file');
    await expect(openSink()).rejects.toThrow(/^The audit trail in .* cannot be written: .* name another AUDIT_DIR, or set AUDIT=off\.$/);
  });

  it('a full disk fails nobody; records wait, and are written once there is room', async () => {
    mkdirSync(directory, { recursive: true });
    // Every write to it ends with ENOSPC.
    symlinkSync('/dev/full', firstFile());
    const sink = await openSink();
    sink.write([numbered(1), numbered(2)]);
    await sink.flush();
    sink.write([numbered(3)]);
    await sink.flush();
    expect(log).toEqual(['the audit trail cannot be written, trying again']);
    rmSync(firstFile());
    await expect.poll(() => existsSync(firstFile()) && seqs(), { timeout: 10_000 }).toEqual([1, 2, 3]);
    expect(log).toEqual(['the audit trail cannot be written, trying again', 'the audit trail is written again']);
    expect([sink.lostRecords, sink.waitingBytes]).toEqual([0, 0]);
  });

  it('memory is bounded while it stays full, and what was lost is counted, logged and told in the trail', async () => {
    mkdirSync(directory, { recursive: true });
    symlinkSync('/dev/full', firstFile());
    const sink = await openSink({ fileMaxBytes: 1_000_000_000 });
    const total = 200_000;
    let waiting = 0;
    for (const seq of range(1, total)) {
      sink.write([numbered(seq)]);
      waiting = Math.max(waiting, sink.waitingBytes);
      if (seq % 50_000 === 0) await sink.flush();
    }
    expect(waiting).toBeLessThan(9 * 1024 * 1024);
    expect(waiting).toBeGreaterThan(7 * 1024 * 1024);
    const lost = sink.lostRecords;
    expect(lost).toBeGreaterThan(0);
    rmSync(firstFile());
    await expect.poll(() => sink.waitingBytes, { timeout: 20_000 }).toBe(0);
    const written = lines().map((line) => JSON.parse(line) as AuditRecord);
    expect(written.slice(0, -1).map(({ seq }) => seq)).toEqual(range(1, total - lost));
    expect(written.at(-1)).toEqual({ time: '2024-01-15T10:30:00.000Z', action: 'records_lost', count: lost });
    expect(log).toEqual([
      'the audit trail cannot be written, trying again',
      'audit records are being lost',
      'the audit trail is written again',
      'audit records were lost',
    ]);
  });

  it('a disk that hangs blocks nobody either', async () => {
    mkdirSync(directory, { recursive: true });
    // A pipe takes 64 KiB, and then waits for whoever reads it.
    execFileSync('mkfifo', [firstFile()]);
    const sink = await openSink({ fileMaxBytes: 1_000_000_000 });
    const total = 200_000;
    for (const seq of range(1, total)) {
      sink.write([numbered(seq)]);
      if (seq % 1000 === 0) await new Promise(setImmediate);
    }
    expect(sink.waitingBytes).toBeLessThan(9 * 1024 * 1024);
    const { lostRecords } = sink;
    expect(lostRecords).toBeGreaterThan(0);

    const reader = createReadStream(firstFile());
    const read: AuditRecord[] = [];
    const end = once(
      createInterface({ input: reader }).on('line', (line) => {
        read.push(JSON.parse(line) as AuditRecord);
        if (read.at(-1)?.action === 'records_lost') reader.emit('told');
      }),
      'close',
    );
    await once(reader, 'told');
    expect(read.slice(0, -1).map(({ seq }) => seq)).toEqual(range(1, total - lostRecords));
    expect(read.at(-1)).toMatchObject({ count: lostRecords });
    await sink.close();
    await end;
  });

  it('the end does not wait for it for long, and says what was lost', async () => {
    mkdirSync(directory, { recursive: true });
    symlinkSync('/dev/full', firstFile());
    const sink = await openSink();
    sink.write(range(1, 5).map(numbered));
    await sink.close();
    expect(sink.lostRecords).toBe(5);
    expect(log).toEqual(['the audit trail cannot be written, trying again', 'audit records are being lost', 'audit records were lost']);
  });

  it('a directory that was deleted is made again', async () => {
    const sink = await openSink({ fileMaxBytes: LINE_BYTES });
    sink.write([numbered(1)]);
    await sink.flush();
    rmSync(directory, { recursive: true });
    sink.write([numbered(2)]);
    await sink.flush();
    const found: Dirent[] = readdirSync(directory, { withFileTypes: true });
    expect(found.map(({ name }) => name)).toEqual(['audit-00000002-20240115T103000000Z.jsonl']);
    expect(seqs()).toEqual([2]);
  });
});
