// Publishes that count only when a replica has them.
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisEngine } from '../../src/engine/redis/index.js';
import { eventually } from '../support/eventually.js';
import { RedisProcess } from '../support/redis-process.js';
import { rejection } from './conformance/engine-fixture.js';
import { ManualClock } from './conformance/manual-clock.js';
import { newRedisEngine } from './new-redis-engine.js';

const TENANT = 'acme';
const clock = new ManualClock();
const master = new RedisProcess(false);
const replica = new RedisProcess(false, master);
let engine: RedisEngine;

const publish = (id: string): ReturnType<RedisEngine['append']> => engine.append([{ tenant: TENANT, log: '@alice', type: 'message', data: `{"id":"${id}"}`, at: clock.now(), idempotency: { sender: 'me', id } }]);

beforeAll(async () => {
  await master.start();
  await replica.start();
  engine = newRedisEngine({ url: master.url, prefix: 'replicas', replication: { replicas: 1, timeoutMs: 500, onDisk: false } }, clock);
  await engine.start();
  await eventually('the replica to be there', () => publish('first').then(() => true, () => false));
});
afterAll(async () => {
  await engine.stop();
  await replica.destroy();
  await master.destroy();
});

describe('with REDIS_WAIT_REPLICAS', () => {
  it('what was answered is at the replica, however much is written at once', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => publish(`many ${i}`)));
    const client = await createClient({ url: replica.url }).connect();
    const length = await client.sendCommand(['XLEN', `replicas:{${TENANT}/@alice}:entries`]);
    await client.close();
    expect(results.flat().filter((result) => result instanceof Error)).toEqual([]);
    expect(length).toBe(51);
  });

  it('a publish that no replica has is refused as one of which nobody knows, and answered as a repetition when there is one again', async () => {
    await replica.kill();
    expect(await rejection(publish('lonely'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await rejection(engine.createRoom({ tenant: TENANT, roomId: 'r1', name: null, metadata: null, members: [], at: clock.now() }))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await replica.start();
    const [repeated] = await eventually('the replica to be back', () => publish('lonely').then((results) => results, () => false as const));
    expect(repeated).toMatchObject({ duplicate: true });
  });

  it('asks for replicas behind the write, also when Redis has to be given the script anew', async () => {
    const client = await createClient({ url: master.url }).connect();
    await client.sendCommand(['SCRIPT', 'FLUSH']);
    const seen: string[] = [];
    await client.monitor((line) => seen.push(String(line)));
    await publish('anew');
    const behind = (word: string, from: number): number => seen.findIndex((line, i) => i > from && line.includes(`"${word}"`));
    await eventually('the write and the question behind it', () => behind('EVAL', -1) >= 0 && behind('WAIT', behind('EVAL', -1)) >= 0, 2_000);
    client.destroy();
  });

  it('reading needs no replica', async () => {
    await replica.kill();
    expect((await engine.readLog({ tenant: TENANT, log: '@alice' }, 0, 100)).length).toBeGreaterThan(50);
    await replica.start();
  });
});
