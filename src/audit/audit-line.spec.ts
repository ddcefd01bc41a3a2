// A record's line cannot be forged or disguised by what a value holds.
import { describe, expect, it } from 'vitest';
import { auditLine } from './audit-line.js';
import type { AuditRecord } from './audit-record.js';

const record = (reason: string): AuditRecord => ({ time: '2024-01-15T10:30:00.000Z', action: 'banned', tenant: 'default', client_id: 'mallory', reason });

/** Everything that ends a line somewhere, hides, or changes how what is beside it is shown. */
const DECEPTIVE: [string, string][] = [
  ['CR and LF', '\r\n'],
  ['NUL', '\0'],
  ['an ANSI sequence', '\u001b[2K\u001b[1A'],
  ['DEL', '\u007f'],
  ['NEL', '\u0085'],
  ['a C1 control sequence', '\u009b2K'],
  ['the other C1 controls', Array.from({ length: 32 }, (_, i) => String.fromCharCode(0x80 + i)).join('')],
  ['line and paragraph separators', '\u2028\u2029'],
  ['bidirectional overrides and isolates', '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'],
  ['bidirectional marks', '\u061c\u200e\u200f'],
  ['zero-width characters', '\u200b\u200c\u200d\u2060\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['tag characters', '\u{e0041}\u{e0001}'],
  ['private and unassigned characters', '\ue000\u{10ffff}\u0378'],
  ['half a surrogate pair', '\ud800'],
];

describe('auditLine', () => {
  it.each(DECEPTIVE)('escapes %s, and loses nothing', (_name, text) => {
    const value = `before${text}{"action":"forged"}${text}after`;
    const line = auditLine(record(value));
    expect(line).toMatch(/^[\x20-\x7e]+\n$/);
    expect(line.split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(2);
    expect(JSON.parse(line)).toEqual(record(value));
  });

  it('escapes them in names too', () => {
    const line = auditLine({ ...record(''), ['\u202e\n']: 'x' } as AuditRecord);
    expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  });

  it('leaves what people write readable', () => {
    const text = 'Grüße, Привет, 日本語, مرحبا, 👍';
    expect(auditLine(record(text))).toContain(text);
  });

  it('writes the time first, and a quotation mark never ends a value', () => {
    expect(auditLine(record('","action":"forged'))).toBe(
      '{"time":"2024-01-15T10:30:00.000Z","action":"banned","tenant":"default","client_id":"mallory","reason":"\\",\\"action\\":\\"forged"}\n',
    );
  });
});
