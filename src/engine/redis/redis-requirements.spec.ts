// Which servers will do.
import { describe, expect, it } from 'vitest';
import { unsuitable } from './redis-requirements.js';

const info = (...lines: string[]): string => ['# Server', ...lines, ''].join('\r\n');

describe('unsuitable', () => {
  it.each([
    ['redis_version:7.0.15', 'redis_mode:standalone', 'role:master', 'maxmemory_policy:noeviction'],
    ['redis_version:8.2.0', 'redis_mode:standalone', 'role:master', 'maxmemory_policy:volatile-lru'],
    ['redis_version:7.2.4', 'server_name:valkey', 'valkey_version:8.0.1', 'role:master'],
  ])('finds nothing wrong with %s', (...lines) => {
    expect(unsuitable(info(...lines))).toBeUndefined();
  });

  it.each([
    ['it is Redis 6.2.14; Redis 7 or later', 'redis_version:6.2.14'],
    ['it is Valkey 7.2.5; Valkey 8 or later', 'redis_version:7.2.4', 'valkey_version:7.2.5'],
    ['a replica', 'redis_version:7.4.0', 'role:slave'],
    ['set noeviction', 'redis_version:7.4.0', 'role:master', 'maxmemory_policy:allkeys-lru'],
  ])('says: %s', (reason, ...lines) => {
    expect(unsuitable(info(...lines))).toContain(reason);
  });
});
