// Newline-delimited bodies.
import { describe, expect, it } from 'vitest';
import { NdjsonBody, parseNdjsonLine } from './ndjson.js';

describe('NdjsonBody', () => {
  it('has the lines that hold something, whatever ends them', () => {
    expect(new NdjsonBody('{"a":1}\r\n\n  \n{"b":2}').lines.map(parseNdjsonLine)).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it.each(['{"a":', 'a secret', '{"a":1}{"b":2}', '['.repeat(100_000)])('refuses a line that is no JSON or too deep, without repeating it', (line) => {
    expect(() => parseNdjsonLine(line)).toThrowError(expect.objectContaining({ code: 'VALIDATION_ERROR', message: expect.not.stringContaining('secret') }));
  });
});
