// The types that a token receives, by its scopes.
import { describe, expect, it } from 'vitest';
import type { Principal } from '../auth/index.js';
import type { Audience } from '../log/index.js';
import { TypeNotificationFilter } from './type-notification-filter.js';

const TYPES = ['message', 'room_update', 'client_status', 'order.paid'];

function audience(...scopes: string[]): Audience | undefined {
  const principal: Principal = { clientId: 'ann', tenant: 'default', scopes: new Set(scopes), expiresAt: Infinity };
  return new TypeNotificationFilter().audienceOf(principal);
}
const received = (...scopes: string[]) => TYPES.filter((type) => audience(...scopes)?.receives(type, 'r', () => undefined) ?? true);

describe('the types that a token receives', () => {
  it('are all without a receive scope, whatever else it has', () => {
    expect(audience()).toBeUndefined();
    expect(audience('admin', 'publish', 'received:message', 'receive')).toBeUndefined();
  });

  it.each(TYPES)('are %s alone when only that is named', (type) => {
    expect(received(`receive:${type}`)).toEqual([type]);
  });

  it('are those that are named, beside any other scope', () => {
    expect(received('admin', 'receive:order.paid', 'receive:message')).toEqual(['message', 'order.paid']);
  });

  it('are none when what is named is no type', () => {
    expect(received('receive:')).toEqual([]);
    expect(received('receive:*')).toEqual([]);
    expect(received('receive:Message')).toEqual([]);
  });

  it('are selected once for tokens that name the same, in any order', () => {
    expect(audience('receive:message', 'receive:room_update')?.key).toBe(audience('receive:room_update', 'x', 'receive:message')?.key);
    expect(audience('receive:message')?.key).not.toBe(audience('receive:room_update')?.key);
  });
});
