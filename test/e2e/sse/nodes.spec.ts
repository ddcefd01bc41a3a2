// Event streams of servers over one Redis: a client comes back to any of them, and the id of its last event says where it was.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import { type Frame, isMessage } from '../../support/frame.js';
import { signToken } from '../../support/tokens.js';
import { ThreeNodes } from '../nodes/three-nodes.js';

const service = new ThreeNodes();
beforeAll(() => service.start({}, [0, 0]));
afterAll(() => service.destroy());

/** The same client at whichever server it goes to. */
class Wanderer extends EventStreamClient {
  constructor(
    clientId: string,
    private readonly at = { port: 0 },
  ) {
    super(at, clientId);
  }

  goTo(node: number): Promise<this> {
    this.at.port = service.nodes[node].port;
    return this.connect();
  }
}

const contents = (frames: readonly Frame[]): unknown[] => frames.filter(({ type }) => type === 'message').map(({ data }) => data.content);

describe('a client', () => {
  it('goes on at another server where the first one, which is dead, had brought it', async () => {
    const admin = service.nodes[1].admin;
    for (const id of ['one', 'two']) await admin.createRoom({ id, members: ['wanderer'] });
    const client = await new Wanderer('wanderer').goTo(0);
    for (let i = 1; i <= 20; i++) await admin.publish(i % 2 === 0 ? 'two' : 'one', { content: `${i}` });
    await client.next('the last', isMessage('20'));
    await service.nodes[0].kill();
    await client.ending();
    for (let i = 21; i <= 40; i++) await admin.publish(i % 2 === 0 ? 'two' : 'one', { content: `${i}` });
    await client.goTo(1);
    await client.until('the rest', () => contents(client.frames).length >= 40);
    expect(contents(client.frames).sort()).toEqual(Array.from({ length: 40 }, (_, i) => `${i + 1}`).sort());
    await service.nodes[0].start();
    await client.cut();
    await eventually('its queue to be empty but for what came last', async () => (await admin.queue('wanderer')).body.size === 20);
    await client.goTo(0);
    await eventually('its queue to be empty', async () => (await admin.queue('wanderer')).body.size === 0);
    await client.cut();
  });

  it('acknowledges over HTTP at a server that it is not connected to', async () => {
    await service.nodes[0].admin.createRoom({ id: 'far', members: ['distant'] });
    const client = await new Wanderer('distant').goTo(0);
    await service.nodes[0].admin.publish('far', { content: 'hello' });
    await client.next('the message', isMessage('hello'));
    const answer = await service.nodes[1].api(signToken({ sub: 'distant' })).request('POST', '/clients/distant/acknowledgements', { room_id: 'far', seq: 1 });
    expect(answer.status).toBe(204);
    expect((await service.nodes[0].admin.queue('distant')).body.size).toBe(0);
    await client.cut();
    client.lastEventId = '';
    await client.goTo(1);
    await service.nodes[0].admin.publish('far', { content: 'again' });
    await client.next('the next message', isMessage('again'));
    expect(contents(client.framesOfConnection)).toEqual(['again']);
    await client.cut();
  });

  it('is listed, and closed, by whichever server is asked', async () => {
    const client = await new Wanderer('listed').goTo(0);
    const { body } = await service.nodes[1].admin.request<{ items: { id: string; transport: string }[] }>('GET', '/connections?client_id=listed');
    expect(body.items).toMatchObject([{ transport: 'sse' }]);
    await service.nodes[1].admin.request('DELETE', '/clients/listed/connections');
    await client.ending();
  });
});
