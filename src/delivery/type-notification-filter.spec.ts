// What a token's scope says of the types that are received.
import { describe, expect, it } from 'vitest';
import { TypeNotificationFilter } from './type-notification-filter.js';

const filter = new TypeNotificationFilter();
const audienceOf = (...scopes: string[]) => filter.audienceOf({ clientId: 'alice', tenant: 'default', scopes: new Set(scopes), expiresAt: 0 });
const received = (types: string[], ...scopes: string[]) => types.filter((type) => audienceOf(...scopes)?.receives(type, 'r', () => expect.unreachable()));

const TYPES = ['message', 'room_update', 'client_status', 'invoice.paid'];

describe('TypeNotificationFilter', () => {
  it('lets everything through without a scope of its own, and says so', () => {
    for (const scopes of [[], ['publish'], ['admin', 'debug'], ['receives:message', 'xreceive:message']]) expect(audienceOf(...scopes)).toBeUndefined();
  });

  it('lets the named types through, custom ones too, and nothing else', () => {
    expect(received(TYPES, 'receive:message')).toEqual(['message']);
    expect(received(TYPES, 'receive:client_status', 'publish', 'receive:invoice.paid')).toEqual(['client_status', 'invoice.paid']);
  });

  it('knows no wildcard, and takes a scope that names no type for none', () => {
    for (const scope of ['receive:*', 'receive:', 'receive:Message', 'receive:mess']) expect(received(TYPES, scope)).toEqual([]);
  });

  it('masks administrators like everybody else', () => {
    expect(received(TYPES, 'admin', 'receive:room_update')).toEqual(['room_update']);
  });

  it('gives audiences of the same types one key, and others another', () => {
    const key = (...scopes: string[]) => audienceOf(...scopes)?.key;
    expect(key('receive:a', 'receive:b')).toBe(key('admin', 'receive:b', 'receive:a'));
    expect(new Set([key('receive:a'), key('receive:b'), key('receive:a', 'receive:b'), key('receive:ab')]).size).toBe(4);
  });
});
