// A rule from outside can be wrong: whoever it is asked about then receives less, never more.
import { describe, expect, it } from 'vitest';
import type { Audience } from './audience.js';
import { GuardedAudience } from './guarded-audience.js';

const guarded = (receives: Audience['receives'], failures: unknown[] = []) =>
  new GuardedAudience({ key: 'k', receives }, (cause) => void failures.push(cause));

describe('a guarded audience', () => {
  it('answers as the audience that it guards', () => {
    const audience = guarded((type, log, notification) => type === 'message' && log === 'r' && notification() === 1);
    expect([audience.receives('message', 'r', () => 1), audience.receives('message', 'r', () => 2), audience.key]).toEqual([true, false, 'k']);
  });

  it('excludes what the audience throws at, and says so', () => {
    const failures: unknown[] = [];
    const audience = guarded((_type, _log, notification) => (notification() as { data: { deep: { flag: boolean } } }).data.deep.flag, failures);
    expect(audience.receives('message', 'r', () => ({ data: {} }))).toBe(false);
    expect(failures).toEqual([expect.any(TypeError)]);
  });

  it('takes nothing but true for yes', () => {
    const promise = guarded((() => Promise.resolve(false)) as unknown as Audience['receives']);
    expect(promise.receives('message', 'r', () => undefined)).toBe(false);
  });
});
