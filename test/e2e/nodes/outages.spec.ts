// What becomes of clients and publishers when a server dies, or Redis is away: nothing is lost, and all of it comes back by itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { isMessage, isStatus } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ThreeNodes } from './three-nodes.js';

/** A lease, the time to find that it has ended, the grace time, and a slow machine. */
const OFFLINE_WITHIN_MS = 40_000;
/** For a slow machine; how long it takes is measured elsewhere. */
const HEALED_WITHIN_MS = 20_000;

const service = new ThreeNodes();

beforeAll(() => service.start());
afterAll(() => service.destroy());

const client = (node: number, clientId: string): RecordingClient => new RecordingClient(service.nodes[node], clientId);

function health(node: number): Promise<number> {
  return fetch(`${service.nodes[node].origin}/ws/health`).then(({ status }) => status);
}

async function publishAgain(node: number, room: string, content: string): Promise<void> {
  await eventually(`${content} to be stored`, async () => (await service.nodes[node].admin.publish(room, { content, id: content })).status === 201, HEALED_WITHIN_MS);
}

describe('while Redis is away', () => {
  it('connections stay, publishers are told to try again, and everything goes on when it is back', async () => {
    await service.nodes[0].admin.createRoom({ id: 'steady', members: ['ann', 'bob'] });
    const [ann, bob] = await Promise.all([client(0, 'ann').connect(), client(1, 'bob').connect()]);
    await service.nodes[2].admin.publish('steady', { content: 'before' });
    await Promise.all([ann, bob].map((one) => one.next('before', isMessage('before'))));
    await service.redis.kill();
    const refused = await eventually('a publish to be refused', async () => {
      const answer = await service.nodes[0].admin.publish('steady', { content: 'during', id: 'during' });
      return answer.status !== 201 && answer;
    });
    expect(refused).toMatchObject({ status: 503, body: { code: 'SERVER_ERROR', retry_after: 1 } });
    expect(refused.headers.get('retry-after')).toBe('1');
    const command = await ann.command('message', { room_id: 'steady', content: 'by ann', id: 'by-ann' });
    expect(command).toMatchObject({ type: 'error', data: { code: 'SERVER_ERROR', retry_after: 1 } });
    await eventually('all to be unhealthy', async () => (await Promise.all([0, 1, 2].map(health))).every((status) => status === 503));
    expect(await fetch(`${service.nodes[0].origin}/livez`).then(({ status }) => status)).toBe(200);
    expect([ann.isOpen, bob.isOpen]).toEqual([true, true]);
    await service.redis.start();
    await publishAgain(0, 'steady', 'during');
    await Promise.all([ann, bob].map((one) => one.next('during', isMessage('during'))));
    await publishAgain(1, 'steady', 'after');
    await Promise.all([ann, bob].map((one) => one.next('after', isMessage('after'))));
    await eventually('all to be healthy', async () => (await Promise.all([0, 1, 2].map(health))).every((status) => status === 200), HEALED_WITHIN_MS);
    const seqs = ann.frames.filter(({ type }) => type === 'message').map(({ seq }) => seq);
    expect(seqs).toEqual([1, 2, 3]);
    await Promise.all([ann.closeCleanly(), bob.closeCleanly()]);
  });

  it('goes on too after Redis has stood still without closing a connection', async () => {
    await service.nodes[0].admin.createRoom({ id: 'frozen', members: ['eve'] });
    const eve = await client(1, 'eve').connect();
    await eve.next('its greeting', ({ type }) => type === 'connected');
    service.redis.freeze();
    await eventually('a publish to be refused', async () => (await service.nodes[0].admin.publish('frozen', { content: 'x', id: 'x' })).status === 503);
    service.redis.thaw();
    await publishAgain(2, 'frozen', 'thawed');
    await eve.next('thawed', isMessage('thawed'));
    await eve.closeCleanly();
  });
});

describe('when a server is killed', () => {
  it('its clients get at another what they missed, and those that do not come back go offline', async () => {
    const [, , victim] = service.nodes;
    await service.nodes[0].admin.createRoom({ id: 'bereft', members: ['watcher', 'stayer', 'goner'] });
    const watcher = await client(0, 'watcher').connect();
    const [stayer] = await Promise.all([client(2, 'stayer').connect(), client(2, 'goner').connect()]);
    for (const name of ['stayer', 'goner']) await watcher.until(`${name} to be online`, () => watcher.frames.some(isStatus(name, 'online')));
    await victim.kill();
    await stayer.ending();
    await service.nodes[0].admin.publish('bereft', { content: 'meanwhile' });
    const back = await client(1, 'stayer').connect();
    await back.next('meanwhile', isMessage('meanwhile'));
    await eventually('the other to be offline', () => watcher.frames.some(isStatus('goner', 'offline')), OFFLINE_WITHIN_MS);
    expect(watcher.frames.some(isStatus('stayer', 'offline'))).toBe(false);
    expect((await service.nodes[1].admin.presence('goner')).body).toMatchObject({ status: 'offline' });
    expect((await service.nodes[1].admin.presence('stayer')).body).toMatchObject({ status: 'online' });
    await Promise.all([watcher.closeCleanly(), back.closeCleanly()]);
  });
});
