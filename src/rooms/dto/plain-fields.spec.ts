// The bodies that are accepted quickly: exactly those that class-validator accepts, with the same result.
import { plainToInstance } from 'class-transformer';
import { IsArray, IsInt, Matches, validateSync } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptQuickly, PlainFields, withoutNulls } from '../../http/index.js';
import { BulkItem, NewMessage, NewNotification } from './index.js';

const FIELDS = ['room_id', 'client_id', 'type', 'content', 'metadata', 'data', 'id', 'unknown'];
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,12}$/);
const object = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
const value = fc.oneof(
  { weight: 4, arbitrary: name },
  { weight: 3, arbitrary: object },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'a'.repeat(128), 'a'.repeat(129), 'a\n', '\ud800', null, true, 0, 1.5, [], ['a'], [{}]) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const anyBody = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: FIELDS.length });
const fittingBody = fc.record(
  { room_id: name, client_id: name, type: name, content: fc.string(), metadata: object, data: object, id: name, unknown: fc.jsonValue() },
  { requiredKeys: [] },
);
/** Two in three fit, or fit but for one field. */
const body = fc.oneof(anyBody, fittingBody, fc.tuple(fittingBody, fc.constantFrom(...FIELDS), value).map(([plain, field, other]) => ({ ...plain, [field]: other })));

/** What class-validator makes of it; null counts as absent. */
function judged<T extends object>(type: new () => T, plain: Record<string, unknown>): T | undefined {
  const instance = plainToInstance(type, plain);
  return validateSync(instance, { whitelist: true, forbidUnknownValues: true }).length === 0 ? withoutNulls(instance) : undefined;
}

describe('a body whose fields are taken as they come', () => {
  it.each<[string, new () => object]>([
    ['BulkItem', BulkItem],
    ['NewMessage', NewMessage],
    ['NewNotification', NewNotification],
  ])('is accepted quickly exactly when class-validator accepts it: %s', (_name, type) => {
    let accepted = 0;
    fc.assert(
      fc.property(body, (plain) => {
        const quick = acceptQuickly(type, plain);
        expect(quick === undefined ? quick : { ...quick }).toEqual(judged(type, plain) && { ...judged(type, plain) });
        if (quick !== undefined) accepted++;
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('is an instance of its class', () => {
    expect(acceptQuickly(NewMessage, { content: 'hello' })).toBeInstanceOf(NewMessage);
  });

  it('is left to class-validator when its class is not marked', () => {
    class Unmarked {
      @IsInt()
      count!: number;
    }
    expect(acceptQuickly(Unmarked, { count: 1 })).toBeUndefined();
  });

  it('cannot have rules for each of many', () => {
    @PlainFields()
    class Tagged {
      @IsArray()
      @Matches(/a/, { each: true })
      tags!: string[];
    }
    expect(() => acceptQuickly(Tagged, { tags: ['a'] })).toThrow('Tagged.tags has a rule that @PlainFields() cannot tell');
  });
});
