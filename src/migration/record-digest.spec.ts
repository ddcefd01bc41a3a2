import { describe, expect, it } from 'vitest';
import { RecordDigest } from './record-digest.js';

function digestOf(...records: readonly [object, string?][]): { count: number; text: string } {
  const digest = new RecordDigest();
  for (const [record, place] of records) digest.add(record, place);
  const { count, text } = digest;
  return { count, text };
}

describe('a digest of records', () => {
  it('is the same whatever the order of the records, and of what they consist of', () => {
    const known = digestOf([{ a: 1, b: 'x' }], [{ a: 2, b: null }]);
    expect(digestOf([{ b: null, a: 2 }], [{ b: 'x', a: 1, c: undefined }])).toEqual(known);
    expect(known.count).toBe(2);
  });

  it.each([
    ['a value', [[{ a: 2, b: 'x' }]]],
    ['a type', [[{ a: '1', b: 'x' }]]],
    ['a place', [[{ a: 1, b: 'x' }, 'elsewhere']]],
    ['another record', [[{ a: 1, b: 'x' }], [{ a: 3 }]]],
    ['nothing', []],
  ] as [string, [object, string?][]][])('is another for %s', (_, records) => {
    expect(digestOf(...records).text).not.toBe(digestOf([{ a: 1, b: 'x' }]).text);
  });
});
