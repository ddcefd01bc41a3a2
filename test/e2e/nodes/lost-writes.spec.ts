// What becomes of presence when Redis comes back without its newest writes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { isStatus } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ThreeNodes } from './three-nodes.js';

/** For a slow machine. */
const TRUE_WITHIN_MS = 25_000;
const service = new ThreeNodes(false);

beforeAll(() => service.start());
afterAll(() => service.destroy());

async function statusEverywhere(clientId: string, status: string): Promise<void> {
  await eventually(
    `all to say that ${clientId} is ${status}`,
    async () => {
      const answers = await Promise.all(service.nodes.map(({ admin }) => admin.presence(clientId).catch(() => undefined)));
      return answers.every((answer) => answer?.body.status === status);
    },
    TRUE_WITHIN_MS,
  );
}

describe('a Redis that has lost its newest writes', () => {
  it('is told again who has come, and who has left, by servers at which nobody else is connected', async () => {
    await service.nodes[0].admin.createRoom({ id: 'forgetful', members: ['watcher', 'leaver', 'comer'] });
    const watcher = await new RecordingClient(service.nodes[0], 'watcher').connect();
    const leaver = await new RecordingClient(service.nodes[1], 'leaver').connect();
    await watcher.next('online', isStatus('leaver', 'online'));
    await service.redis.command('SAVE');
    await leaver.closeCleanly();
    await watcher.next('offline', isStatus('leaver', 'offline'));
    const comer = await new RecordingClient(service.nodes[2], 'comer').connect();
    await watcher.next('online', isStatus('comer', 'online'));
    await service.redis.kill();
    await service.redis.start();
    await statusEverywhere('leaver', 'offline');
    await statusEverywhere('comer', 'online');
    expect(comer.isOpen).toBe(true);
    await Promise.all([watcher.closeCleanly(), comer.closeCleanly()]);
  });
});
