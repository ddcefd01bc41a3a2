// An audience that fails leaves out, and says so once.
import { describe, expect, it } from 'vitest';
import { type Audience, GuardedAudience } from './audience.js';

describe('a guarded audience', () => {
  it('says what its original says', () => {
    const guarded = new GuardedAudience({ key: 'messages', receives: (type, log) => type === 'message' && log === 'r' }, () => expect.unreachable());
    expect(guarded.key).toBe('messages');
    expect([guarded.receives('message', 'r', () => ({})), guarded.receives('message', '', () => ({})), guarded.receives('news', 'r', () => ({}))]).toEqual([true, false, false]);
  });

  it('takes nothing but true for yes: an answer that comes later leaves out', () => {
    const original = { key: 'k', receives: (() => Promise.resolve(true)) as unknown as Audience['receives'] };
    expect(new GuardedAudience(original, () => expect.unreachable()).receives('message', 'r', () => ({}))).toBe(false);
  });

  it('leaves out what its original fails at, and reports that once', () => {
    const failures: unknown[] = [];
    const cause = new Error('no such field');
    const original = {
      key: 'k',
      receives: (type: string) => {
        if (type === 'message') throw cause;
        return true;
      },
    };
    const guarded = new GuardedAudience(original, (failure) => failures.push(failure));
    expect(['message', 'news', 'message'].map((type) => guarded.receives(type, 'r', () => ({})))).toEqual([false, true, false]);
    expect(failures).toEqual([cause]);
  });
});
