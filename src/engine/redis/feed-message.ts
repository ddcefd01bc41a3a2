// New entries as the scripts publish them: fields of text between NUL characters, which JSON text never holds (RFC 8259 §7).
import type { AppendedEntry, LogAddress, MembershipChange } from '../../log/index.js';
import { readTypeField } from './type-field.js';

const SEPARATOR = '\0';
/** `seq`, incarnation, members, time, change, type, data. */
const FIELDS = 7;

/** Number, incarnation, members, time, change, and, unless it was taken silently, type and data. */
export type FeedItem = readonly [seq: number, incarnation: number, memberCount: number, at: number, change: string, type?: string, data?: string];

/** A number of a log as the feed brings it. */
export function toAppendedEntry({ tenant, log }: LogAddress, [seq, incarnation, memberCount, at, changed, type = '', data = '']: FeedItem): AppendedEntry {
  const change = toChange(changed);
  return { tenant, log, seq, ...(type !== '' && { entry: { seq, incarnation, ...readTypeField(type), data, at } }), ...(change && { change }), memberCount };
}

/** What one publication holds, and the incarnation of it all. */
export function readFeedMessage(address: LogAddress, text: string): { incarnation: number; entries: AppendedEntry[] } {
  const fields = text.split(SEPARATOR);
  const entries: AppendedEntry[] = [];
  for (let i = 0; i + FIELDS <= fields.length; i += FIELDS) {
    const [seq, incarnation, memberCount, at, change, type, data] = fields.slice(i, i + FIELDS);
    entries.push(toAppendedEntry(address, [Number(seq), Number(incarnation), Number(memberCount), Number(at), change, type, data]));
  }
  return { incarnation: Number(fields[1] ?? 0), entries };
}

function toChange(text: string): MembershipChange | undefined {
  if (text === '') return undefined;
  if (text === '!') return { kind: 'deleted' };
  return { kind: text.startsWith('+') ? 'joined' : 'left', clientId: text.slice(1) };
}
