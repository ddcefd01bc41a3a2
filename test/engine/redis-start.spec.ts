// A Redis that cannot be used stops the start with a message that says why.
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { RedisProcess } from '../support/redis-process.js';
import { rejection } from './conformance/engine-fixture.js';
import { newRedisEngine } from './new-redis-engine.js';

const processes: RedisProcess[] = [];
afterEach(async () => {
  for (const redis of processes.splice(0)) await redis.destroy();
});

async function refusal(url: string): Promise<unknown> {
  const engine = newRedisEngine({ url });
  return rejection(engine.start());
}

async function start(redis: RedisProcess): Promise<RedisProcess> {
  processes.unshift(redis);
  return redis.start();
}

describe('the start', () => {
  it('is refused by a replica', async () => {
    const master = await start(new RedisProcess(false));
    const replica = await start(new RedisProcess(false, master));
    expect(await refusal(replica.url)).toMatchObject({ message: expect.stringContaining('it is a replica, which takes no writes; name the master') as string });
  });

  it('is refused when nobody answers, naming the server and not the password', async () => {
    const port = await freePort();
    const { message } = (await refusal(`redis://me:hunter2@127.0.0.1:${port}`)) as Error;
    expect(message).toContain(`Redis at 127.0.0.1:${port} cannot be reached`);
    expect(message).not.toContain('hunter2');
  });
});
