// Reading the trail back: newest first, across files, filtered, page by page.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLine } from '../audit-line.js';
import type { AuditRecord } from '../audit-record.js';
import type { AuditQuery } from '../audit-sink.interface.js';
import { auditFileEntry } from './audit-directory.js';
import { AuditScan } from './audit-scan.js';
import { MAX_LINE_BYTES, READ_BYTES } from './backward-lines.js';

const BEGIN = Date.parse('2024-01-15T10:30:00.000Z');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatapi-audit-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** One record a second. */
function record(seq: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return { time: new Date(BEGIN + seq * 1000).toISOString(), action: 'published', tenant: 'default', client_id: 'alice', room_id: 'r', seq, ...more };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const text = (records: readonly AuditRecord[]) => records.map(auditLine).join('');
const writeFile = (number: number, content: string) => writeFileSync(auditFileEntry(directory, number, BEGIN).path, content);
const search = (query: Partial<AuditQuery> = {}) => new AuditScan(directory, { tenant: 'default', limit: 10_000, ...query }).run();
const seqs = async (query: Partial<AuditQuery> = {}) => (await search(query)).records.map(({ seq }) => seq);

describe('a search of the trail', () => {
  it('begins with the newest record of the newest file and goes back through all of them', async () => {
    writeFile(1, text(range(1, 3).map((seq) => record(seq))));
    writeFile(2, '');
    writeFile(10, text(range(7, 9).map((seq) => record(seq))));
    writeFile(9, text(range(4, 6).map((seq) => record(seq))));
    expect(await seqs()).toEqual(range(1, 9).reverse());
    expect(await search()).not.toHaveProperty('next');
  });

  it('finds every record of a file that takes many reads, wherever they begin', async () => {
    const reasons = range(1, 800).map((seq) => record(seq, { reason: 'x'.repeat((seq * 37) % 500) }));
    writeFile(1, text(reasons));
    expect(text(reasons).length).toBeGreaterThan(3 * READ_BYTES);
    expect(await seqs()).toEqual(range(1, 800).reverse());
  });

  it('finds records that begin and end exactly where a read does', async () => {
    const line = (seq: number, bytes: number) => {
      const short = auditLine(record(seq, { reason: '' })).length;
      return auditLine(record(seq, { reason: 'x'.repeat(bytes - short) }));
    };
    writeFile(1, line(1, READ_BYTES) + line(2, READ_BYTES) + line(3, READ_BYTES - 1) + line(4, READ_BYTES + 1) + line(5, READ_BYTES));
    expect(await seqs()).toEqual([5, 4, 3, 2, 1]);
  });

  it('gives pages that join without gap or repetition, while records are added', async () => {
    writeFile(1, text(range(1, 7).map((seq) => record(seq))));
    writeFile(2, text(range(8, 12).map((seq) => record(seq))));
    const found: (number | undefined)[] = [];
    let page = await search({ limit: 3 });
    for (;;) {
      found.push(...page.records.map(({ seq }) => seq));
      if (page.next === undefined) break;
      writeFile(3, text([record(99)]));
      page = await search({ limit: 3, before: page.next });
    }
    expect(found).toEqual(range(1, 12).reverse());
  });

  it('goes on where it was when the file it was in is deleted', async () => {
    for (const number of range(1, 3)) writeFile(number, text([record(number * 2 - 1), record(number * 2)]));
    const { next } = await search({ limit: 3 });
    rmSync(auditFileEntry(directory, 2, BEGIN).path);
    expect(await seqs({ before: next as string })).toEqual([2, 1]);
  });

  it('shows a tenant its own records alone, and nobody those without a tenant', async () => {
    const ofNobody: AuditRecord = { time: record(4).time, action: 'refused', address: '203.0.113.7', reason: 'origin' };
    writeFile(1, text([record(1), record(2, { tenant: 'other' }), record(3, { tenant: 'default2' }), ofNobody]));
    expect(await seqs()).toEqual([1]);
    expect(await seqs({ tenant: 'other' })).toEqual([2]);
    expect(await seqs({ tenant: 'undefined' })).toEqual([]);
  });

  it('is not misled by values that look like names', async () => {
    writeFile(1, text([record(1, { tenant: 'other', reason: '"tenant":"default"', by: '"client_id":"mallory"' })]));
    writeFile(2, `${auditLine(record(2, { tenant: 'other' })).trimEnd().slice(0, -1)},"x":{"tenant":"default"}}\n`);
    expect(await seqs()).toEqual([]);
  });

  it('finds what concerns a client, and what it did', async () => {
    writeFile(1, text([record(1), record(2, { client_id: 'bob' }), record(3, { client_id: 'bob', by: 'alice' }), record(4, { client_id: 'alice2', room_id: 'alice' })]));
    expect(await seqs({ clientId: 'alice' })).toEqual([3, 1]);
    expect(await seqs({ clientId: 'nobody' })).toEqual([]);
  });

  it('finds what is about a room', async () => {
    writeFile(1, text([record(1), record(2, { room_id: 'other' }), record(3, { room_id: '@r' })]));
    expect(await seqs({ roomId: 'r' })).toEqual([1]);
    expect(await seqs({ roomId: '@r' })).toEqual([3]);
    expect(await seqs({ roomId: 'other', clientId: 'alice' })).toEqual([2]);
  });

  it('ends at a time, though records are a little out of order', async () => {
    writeFile(1, text([record(1), record(100), record(70), record(130), record(90)]));
    expect(await seqs({ since: BEGIN + 90_000 })).toEqual([90, 130, 100]);
  });

  it('does not open files that are all older', async () => {
    writeFile(1, 'no records at all');
    writeFile(2, text([record(1), record(1000)]));
    expect(await seqs({ since: BEGIN + 900_000, limit: 2 })).toEqual([1000]);
  });

  it('leaves out what is no record', async () => {
    const torn = auditLine(record(9)).slice(0, -20);
    writeFile(1, `\n\n${text([record(1)])}not JSON\n{"tenant":"default"}\nnull\n[1]\n"tenant":"default"\n${torn}\n${text([record(2)])}${torn}`);
    expect(await seqs()).toEqual([2, 1]);
  });

  it('leaves out a line that is far too long, and nothing beside it', async () => {
    writeFile(1, `${text([record(1)])}${'x'.repeat(3 * MAX_LINE_BYTES)}\n${text([record(2)])}`);
    expect(await seqs()).toEqual([2, 1]);
  });

  it('refuses a position that it never gave', async () => {
    for (const before of ['', 'x', '1', '1:', ':1', '1:1:1', '-1:1']) {
      await expect(search({ before })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    }
    expect((await search({ before: '5:0' })).records).toEqual([]);
  });

  it('looks through a bounded part at once, and says where to go on', async () => {
    const others = text(range(1, 3000).map((seq) => record(seq, { client_id: 'bob', reason: 'x'.repeat(10_000) })));
    for (const number of range(2, 5)) writeFile(number, others);
    writeFile(1, text([record(1)]));
    const found: (number | undefined)[] = [];
    let pages = 0;
    let before: string | undefined;
    do {
      const page = await search({ clientId: 'alice', ...(before !== undefined && { before }) });
      found.push(...page.records.map(({ seq }) => seq));
      before = page.next;
      pages++;
    } while (before !== undefined);
    expect({ found, pages }).toEqual({ found: [1], pages: 2 });
    expect(readdirSync(directory)).toHaveLength(5);
  });
});
