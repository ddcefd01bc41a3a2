// A record as a line of JSON that shows exactly what is in it, whatever a value holds.
import type { AuditRecord } from './audit-record.js';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * What could end a line, hide in it, or turn it around in a terminal or an editor: control characters (C1 with its one-byte CSI too),
 * format characters (bidirectional controls, zero-width and tag characters), line and paragraph separators, unassigned and private ones.
 * JSON.stringify escapes only those below U+0020, and lone surrogates.
 */
const DECEPTIVE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** One line of JSON with its line feed: the only one, and everything in it that does not print is escaped. */
export function auditLine(record: AuditRecord): string {
  const text = JSON.stringify(record);
  return `${PRINTABLE_ASCII.test(text) ? text : text.replace(DECEPTIVE, escape)}\n`;
}

/** As JSON escapes it (RFC 8259 §7): twelve characters for one outside the basic plane. */
function escape(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}
