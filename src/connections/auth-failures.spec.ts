// The breaker for clients with a bad token.
import { describe, expect, it } from 'vitest';
import { AuthFailures } from './auth-failures.js';

describe('failed authentications from one address', () => {
  it('are answered over a WebSocket three times a minute, and then refused with the time to wait', () => {
    let now = 0;
    const failures = new AuthFailures(3, { now: () => now });
    const answers = [0, 1000, 2000, 3000, 4000].map((at) => {
      now = at;
      return failures.record('192.0.2.1');
    });
    expect(answers).toEqual([0, 0, 0, 58, 58]);
    now = 65_000;
    expect(failures.record('192.0.2.1')).toBe(0);
  });

  it('are no business of other addresses, but of the whole network of an IPv6 address', () => {
    const failures = new AuthFailures(1, { now: () => 0 });
    expect(failures.record('192.0.2.1')).toBe(0);
    expect(failures.record('192.0.2.2')).toBe(0);
    expect(failures.record('2001:db8::1')).toBe(0);
    expect(failures.record('2001:db8::2')).toBe(60);
    expect(failures.record('2001:db8:0:1::1')).toBe(0);
  });

  it('are never answered over a WebSocket with a limit of 0', () => {
    expect(new AuthFailures(0, { now: () => 0 }).record('192.0.2.1')).toBe(60);
  });

  /** The specification's example: five tries with 2, 4, 8, 16 and 32 s between them, and a counter that every open resets. */
  it('end the example client, which would otherwise reconnect for ever', () => {
    let now = 0;
    const failures = new AuthFailures(3, { now: () => now });
    let attempts = 0;
    let connects = 0;
    while (attempts < 5) {
      connects++;
      if (failures.record('192.0.2.1') === 0) attempts = 0;
      attempts++;
      now += 2 ** attempts * 1000;
      expect(connects).toBeLessThan(20);
    }
    expect(connects).toBe(7);
  });
});
