// The query of paged listings.
import { describe, expect, it } from 'vitest';
import { encodeCursor } from './cursor.js';
import { PageQuery, toPageAnswer, toPageRequest } from './page-query.js';
import { validated } from './validated.js';

describe('PageQuery', () => {
  it('asks for 50 items from the beginning when nothing is said', () => {
    expect(toPageRequest(validated(PageQuery, {}))).toEqual({ limit: 50 });
  });

  it.each(['1', '200'])('takes a limit of %s', (limit) => {
    expect(toPageRequest(validated(PageQuery, { limit }))).toEqual({ limit: Number(limit) });
  });

  it.each([['0'], ['201'], ['-1'], ['1.5'], ['ten'], [''], ['1e999'], [['1', '2']]])('refuses a limit of %j', (limit) => {
    expect(() => validated(PageQuery, { limit })).toThrowError(
      expect.objectContaining({ code: 'VALIDATION_ERROR', details: { errors: { limit: expect.any(Array) } } }),
    );
  });

  it('begins behind the id of its cursor', () => {
    expect(toPageRequest(validated(PageQuery, { cursor: encodeCursor('bob') }))).toEqual({ limit: 50, after: 'bob' });
  });
});

describe('toPageAnswer', () => {
  it('gives a cursor only while more follows', () => {
    expect(toPageAnswer({ items: [1, 2], next: 'b' }, String)).toEqual({ items: ['1', '2'], next_cursor: encodeCursor('b') });
    expect(toPageAnswer({ items: [3] }, String)).toEqual({ items: ['3'] });
  });
});
