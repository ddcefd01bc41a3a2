// Entries that cross between the threads as one string.
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../log/index.js';
import { cutPacked, joinPacked, PACKED, unpackEntries, type PackedEntries } from './packed-entries.js';

const ENTRIES: readonly LogEntry[] = [
  { seq: 3, incarnation: 7, type: 'message', data: '{"content":"plain, with \\u001e, and a comma"}', at: 1_795_000_000_123 },
  { seq: 5, incarnation: 2 ** 40, type: 'room_update', data: '{"content":"ü € 😀 \\u2028"}', at: 1_795_000_000_124 },
  { seq: 4_294_967_295, incarnation: 0, type: 'x', data: '', at: 1_795_000_000_124 },
  { seq: 4_294_967_296, incarnation: 0, type: 'message', data: '[1,\n2]', at: 1_795_000_000_125 },
];

function pack(entries: readonly LogEntry[]): PackedEntries {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE t (seq INTEGER, incarnation INTEGER, at INTEGER, type TEXT, data TEXT) STRICT');
  const insert = db.prepare('INSERT INTO t VALUES (@seq, @incarnation, @at, @type, @data)');
  for (const entry of entries) insert.run(entry);
  const text = db.prepare<[], string>(`SELECT ${PACKED} FROM (SELECT * FROM t ORDER BY seq LIMIT 100)`).pluck().get() ?? '';
  db.close();
  return { count: entries.length, lastSeq: entries.at(-1)?.seq ?? 0, text };
}

describe('packed entries', () => {
  it('come out as they went in: any numbers, types and text', () => {
    expect(unpackEntries(pack(ENTRIES))).toEqual(ENTRIES);
    expect(unpackEntries({ count: 0, lastSeq: 0, text: '' })).toEqual([]);
  });

  it.each([1, 30, 70, 71, 72, 500])('are cut behind the entry that reaches %i characters', (length) => {
    const packed = pack(ENTRIES);
    const lengths = ENTRIES.map((_, i) => pack(ENTRIES.slice(0, i + 1)).text.length);
    const enough = lengths.findIndex((reached) => reached >= length);
    const expected = ENTRIES.slice(0, enough < 0 ? ENTRIES.length : enough + 1);
    const cut = cutPacked(packed, length);
    expect(unpackEntries(cut)).toEqual(expected);
    expect(cut).toEqual(pack(expected));
  });

  it('are joined', () => {
    const none: PackedEntries = { count: 0, lastSeq: 2, text: '' };
    const [first, second] = [pack(ENTRIES.slice(0, 2)), pack(ENTRIES.slice(2))];
    expect(joinPacked(first, second)).toEqual(pack(ENTRIES));
    expect([joinPacked(undefined, first), joinPacked(none, first), joinPacked(first, none)]).toEqual([first, first, first]);
  });
});
