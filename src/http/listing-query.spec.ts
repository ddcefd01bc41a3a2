// The query of listings in order of id, against a listing made by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPage } from '../engine/index.js';
import { ListingQuery, toListingAnswer, toListingRequest } from './listing-query.js';
import { validated } from './validated.js';

/** What a listing of these ids answers, as the engines make their pages: what is behind `after`, in order of the characters' codes. */
function list(ids: readonly string[], query: Record<string, string>): { items: string[]; next_cursor?: string } {
  const asked = validated(ListingQuery, query);
  const { after = '', limit } = toListingRequest(asked);
  const behind = [...ids].sort((a, b) => (a < b ? -1 : 1)).filter((id) => id > after);
  return toListingAnswer(toPage(behind, limit, (id) => id), asked, (id) => id, (id) => id);
}

const ids = ['a', 'ab', 'ab.c', 'ab:z', 'abz', 'ac', 'b', 'Ab'];

describe('ListingQuery', () => {
  it('lists everything without a prefix', () => {
    expect(list(ids, {}).items).toEqual(['Ab', 'a', 'ab', 'ab.c', 'ab:z', 'abz', 'ac', 'b']);
  });

  it('lists what begins with the prefix, the prefix itself first', () => {
    expect(list(ids, { prefix: 'ab' })).toEqual({ items: ['ab', 'ab.c', 'ab:z', 'abz'] });
  });

  it('comes in pages that end with the prefix', () => {
    const first = list(ids, { prefix: 'ab', limit: '3' });
    expect(first.items).toEqual(['ab', 'ab.c', 'ab:z']);
    expect(list(ids, { prefix: 'ab', limit: '3', cursor: first.next_cursor ?? '' })).toEqual({ items: ['abz'] });
  });

  it('finds nothing where nothing begins with it, and promises no more', () => {
    expect(list(ids, { prefix: 'abb', limit: '1' })).toEqual({ items: [] });
  });

  it('finds exactly what begins with it, whatever the ids are', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,3}$/);
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 30 }), id, (some, prefix) => {
        expect(list(some, { prefix }).items.sort()).toEqual(some.filter((one) => one.startsWith(prefix)).sort());
      }),
    );
  });

  it.each(['', 'a b', '-a', 'a'.repeat(129), 'ä'])('refuses the prefix %j', (prefix) => {
    expect(() => validated(ListingQuery, { prefix })).toThrowError(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  });
});
