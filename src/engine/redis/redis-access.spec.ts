// What REDIS_URL may say.
import { describe, expect, it } from 'vitest';
import { RedisAccess } from './redis-access.js';

describe('REDIS_URL', () => {
  it('names one server, with a user and a database', () => {
    const access = new RedisAccess('redis://me:p%40ss@one/2');
    expect(access.addresses).toEqual(['one:6379']);
    expect(access.entry('one:6379')).toEqual({ username: 'me', password: 'p@ss', database: 2, socket: { host: 'one', port: 6_379 } });
  });

  it('names several, which have in common what only the first says', () => {
    const access = new RedisAccess('redis://:secret@one:7000, two:7001,redis://[::1]:7002');
    expect(access.addresses).toEqual(['one:7000', 'two:7001', '[::1]:7002']);
    expect(access.entry('[::1]:7002')).toEqual({ password: 'secret', database: 0, socket: { host: '::1', port: 7_002 } });
  });

  it('names Sentinels by the name that they have for the master, at their own port', () => {
    const access = new RedisAccess('redis://me:secret@one,two?master=chat');
    expect(access.sentinelMaster).toBe('chat');
    expect(access.addresses).toEqual(['one:26379', 'two:26379']);
    expect(access.sentinelEntry('one:26379')).toMatchObject({ username: 'me', password: 'secret' });
  });

  it.each([
    ['&sentinel_username=watch&sentinel_password=other', { username: 'watch', password: 'other' }],
    ['&sentinel_password=', {}],
  ])('gives Sentinels another password, or none (%s)', (parameters, credentials) => {
    const access = new RedisAccess(`redis://me:secret@one?master=chat${parameters}`);
    expect(access.sentinelEntry('one:26379')).toEqual({ ...credentials, database: 0, socket: { host: 'one', port: 26_379 } });
    expect(access.entry('one:6379')).toMatchObject({ username: 'me', password: 'secret' });
  });

  it.each([
    ['mixes redis:// and rediss://', 'redis://one,rediss://two'],
    ['a parameter "mater"', 'redis://one?mater=chat'],
    ['part 2 is no URL', 'redis://me:secret@one,two:port'],
    ['no number of a database', 'redis://one/main'],
  ])('is refused when it %s', (reason, list) => {
    expect(() => new RedisAccess(list)).toThrow(reason);
    expect(() => new RedisAccess(list)).not.toThrow('secret');
  });
});
