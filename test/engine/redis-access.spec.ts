// A Redis that lets in only whom it knows: TLS with certificates on both sides, and a user with the least rights.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TlsFiles } from '../../src/engine/redis/redis-access.js';
import { Certificates } from '../support/certificates.js';
import { RedisProcess } from '../support/redis-process.js';
import { rejection } from './conformance/engine-fixture.js';
import { FeedNode } from './feed-node.js';
import { newRedisEngine } from './new-redis-engine.js';
import { asLeastUser, leastUser, PASSWORD } from './redis-user.js';

const certificates = new Certificates();
let redis: RedisProcess;
let url: string;

beforeAll(async () => {
  await certificates.create();
  const files = ['--tls-ca-cert-file', certificates.path('ca.pem'), '--tls-cert-file', certificates.path('server.pem'), '--tls-key-file', certificates.path('server.key')];
  redis = new RedisProcess(false, undefined, [...files, ...leastUser('test:'), '--user', 'default', 'off'], true);
  await redis.start();
  url = asLeastUser(redis.url);
});
afterAll(async () => {
  await redis.destroy();
  await certificates.destroy();
});

/** Those of our files that are used. */
function files({ ours = true, authority = true } = {}): TlsFiles {
  return {
    ca: authority ? certificates.path('ca.pem') : undefined,
    cert: ours ? certificates.path('client.pem') : undefined,
    key: ours ? certificates.path('client.key') : undefined,
  };
}

describe('a Redis with TLS that asks for a certificate and a user', () => {
  it('is written and listened to by whom it knows', async () => {
    const [writer, reader] = [new FeedNode(newRedisEngine({ url, tls: files() })), new FeedNode(newRedisEngine({ url, tls: files() }))];
    await writer.engine.start();
    await reader.engine.start();
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue({ tenant: 'acme', clientId: 'alice', device: '' });
    await writer.publishSurely('r1', 'first');
    await reader.has('r1', '1');
    await writer.engine.stop();
    await reader.engine.stop();
  });

  it.each([
    ['without our certificate', (): Parameters<typeof newRedisEngine>[0] => ({ url, tls: files({ ours: false }) })],
    ['of an authority that we do not know', () => ({ url, tls: files({ authority: false }) })],
    ['with a wrong password', () => ({ url: url.replace(encodeURIComponent(PASSWORD), 'wrong'), tls: files() })],
  ])('stops the start %s, and the reason is said without the password', async (_, options) => {
    const { message } = (await rejection(newRedisEngine(options()).start())) as Error;
    expect(message).toContain(`127.0.0.1:${redis.port}`);
    expect(message).not.toContain(PASSWORD);
  });
});
