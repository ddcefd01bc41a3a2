// Three servers behind nginx and behind HAProxy, by the files of deploy/: no server is special to anybody, and each can be restarted.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ThreeNodes } from '../e2e/nodes/three-nodes.js';
import { Progress } from '../faults/nodes/progress.js';
import { Drafts, publishOverHttp } from '../faults/publishers.js';
import { Random } from '../faults/random.js';
import { Api } from '../support/api.js';
import { EventStreamClient } from '../support/event-stream-client.js';
import { eventually } from '../support/eventually.js';
import { isMessage } from '../support/frame.js';
import { checkHistory } from '../support/history-checker.js';
import { History } from '../support/history.js';
import { Metrics } from '../support/metrics.js';
import { RecordingClient } from '../support/recording-client.js';
import type { ServerProcess } from '../support/server-process.js';
import { adminToken } from '../support/tokens.js';
import { HAPROXY, LoadBalancer, NGINX } from './load-balancer.js';

const ROOM = 'deployed';
const NAMES = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay'];
const RECONNECT_AFTER_MS = 50;
const PUBLISHED_BETWEEN = 30;

describe.each([
  ['nginx', NGINX],
  ['HAProxy', HAPROXY],
])('three servers behind %s', (_, kind) => {
  const service = new ThreeNodes();
  const balancer = new LoadBalancer(kind);
  let admin: Api;

  beforeAll(async () => {
    await service.start({ TRUST_PROXY: '1', SHUTDOWN_DRAIN_SECONDS: '1', MAX_CONNECTIONS_PER_IP: '100' });
    await balancer.start(service.nodes.map(({ port }) => port));
    admin = new Api(balancer.origin, adminToken());
  });
  afterAll(async () => {
    await balancer.destroy();
    await service.destroy();
  });

  const connectionsOf = async (node: ServerProcess): Promise<number> => {
    const { active_connections: count } = (await (await fetch(`${node.origin}/ws/health`)).json()) as { active_connections: number };
    return count;
  };

  const streamsOf = async (node: ServerProcess): Promise<number> => (await Metrics.of(node)).value('chatapi_active_event_streams');

  it('share connections, and deliver to all of them what is published through it', async () => {
    await admin.createRoom({ id: 'shared', members: NAMES });
    const clients: RecordingClient[] = [];
    for (const name of NAMES) clients.push(await new RecordingClient(balancer, name).connect());
    expect(await Promise.all(service.nodes.map(connectionsOf))).toEqual([2, 2, 2]);
    expect(await admin.publish('shared', { content: 'to all' })).toMatchObject({ status: 201 });
    for (const client of clients) await client.next('the message', isMessage('to all'));
    for (const client of clients) await client.closeCleanly();
  });

  it('pass the events of a stream on as they come, and a client goes on at another server when its own is killed', async () => {
    await admin.createRoom({ id: 'streamed', members: ['streamer'] });
    const client = await new EventStreamClient(balancer, 'streamer').connect();
    expect(client.headers['content-type']).toBe('text/event-stream');
    for (let i = 1; i <= 5; i++) {
      await admin.publish('streamed', { content: `${i}` });
      // One at a time: nothing waits for more to come.
      await client.next('it', isMessage(`${i}`));
    }
    const counts = await Promise.all(service.nodes.map(streamsOf));
    const busy = service.nodes[counts.indexOf(1)];
    await busy.kill();
    await client.ending();
    await eventually('a publish to be answered', async () => (await admin.publish('streamed', { id: 'six', content: '6' })).status === 201);
    await eventually('it to be connected again', () => client.connect().then(() => true, () => false));
    await client.next('what came meanwhile', isMessage('6'));
    expect(client.frames.filter(({ type }) => type === 'message').map(({ data }) => data.content)).toEqual(['1', '2', '3', '4', '5', '6']);
    await client.cut();
    await eventually('its server to know that it has left', async () => (await Promise.all(service.nodes.filter((node) => node !== busy).map(streamsOf))).every((count) => count === 0));
    await busy.start();
  });

  it('know the address of a client, and no other that it claims to have', async () => {
    const client = await new RecordingClient(balancer, 'honest', { headers: { 'x-forwarded-for': '203.0.113.9' } }).connect();
    const { body } = await admin.request<{ items: { address: string }[] }>('GET', '/connections?client_id=honest');
    expect(body.items.map(({ address }) => address)).toEqual(['127.0.0.1']);
    await client.closeCleanly();
  });

  it('can be killed: clients come back through it to others, and miss nothing', async () => {
    await admin.createRoom({ id: 'survivors', members: NAMES });
    const clients: RecordingClient[] = [];
    for (const name of NAMES) clients.push(await new RecordingClient(balancer, name).connect());
    await service.nodes[0].kill();
    const lost = (): RecordingClient[] => clients.filter(({ isOpen }) => !isOpen);
    await eventually('the connections of a third to end', () => lost().length === 2);
    await eventually('a publish to be answered', async () => (await admin.publish('survivors', { id: 'm1', content: 'meanwhile' })).status === 201);
    for (const client of lost()) await eventually('it to be connected again', () => client.connect().then(() => true, () => false));
    for (const client of clients) await client.next('the message', isMessage('meanwhile'));
    for (const client of clients) await client.closeCleanly();
    await service.nodes[0].start();
  });

  it('can be restarted one after another, as for an upgrade, while everybody publishes and listens: nothing is lost', async () => {
    const history = new History();
    const progress = new Progress(history);
    const members = NAMES.map((name) => `${name}-2`);
    await admin.createRoom({ id: ROOM, members });
    history.record({ kind: 'room', room: ROOM, members });
    const clients = members.map((name, i) => new RecordingClient(balancer, name, { history, plain: i % 2 === 0 }));
    const drafts = new Drafts([ROOM], new Random(1), history);
    let isOver = false;
    const staysConnected = async (client: RecordingClient): Promise<void> => {
      while (!isOver) {
        await client.connect().catch(() => undefined);
        await eventually('the end', () => isOver || client.closed !== undefined || !client.isOpen, 120_000);
        await delay(RECONNECT_AFTER_MS);
      }
    };
    const publishes = async (sender: string): Promise<void> => {
      while (!isOver) await publishOverHttp(admin, sender, drafts, 1, () => !isOver);
    };
    const busy = Promise.all([...clients.map(staysConnected), publishes('backend-1'), publishes('backend-2')]);
    const published = async (): Promise<void> => {
      const enough = history.outcomes.ok + PUBLISHED_BETWEEN;
      await eventually('publishes to be answered', () => history.outcomes.ok >= enough);
    };
    for (const node of service.nodes) {
      await published();
      const stopped = node.stop();
      await published();
      expect(await stopped).toEqual({ code: 0, signal: null });
      await node.start();
    }
    await published();
    isOver = true;
    await busy;
    for (const client of clients) if (!client.isOpen) await client.connect();
    await eventually('everybody to have everything', () => clients.every(({ observer }) => progress.missing(observer, ROOM) === undefined));
    for (const client of clients) {
      await eventually('nothing to be pending', async () => (await admin.queue(client.clientId)).body.size === 0);
      history.record({ kind: 'drained', observer: client.observer });
      await client.closeCleanly();
    }
    expect(checkHistory(history)).toEqual([]);
    expect(history.outcomes.fail).toBe(0);
    const connections = new Set(history.events.filter((event) => event.kind === 'connect').map(({ connection }) => connection));
    expect(connections.size).toBeGreaterThan(NAMES.length);
  });
});
