// Any number of servers over one Redis are one service: whoever is connected where.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { isMessage, isStatus } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { signToken } from '../../support/tokens.js';
import { ThreeNodes } from './three-nodes.js';

const LIMIT = 10;
const BAN_THRESHOLD = 15;
const MAX_CONNECTIONS = 3;
const service = new ThreeNodes();
let rooms = 0;

beforeAll(() => service.start({ MAX_CONNECTIONS_PER_CLIENT: String(MAX_CONNECTIONS), RATE_LIMIT_MAX: String(LIMIT), BAN_THRESHOLD: String(BAN_THRESHOLD), RATE_LIMIT_WINDOW_SECONDS: '120' }));
afterAll(() => service.destroy());

async function room(...members: string[]): Promise<string> {
  const id = `room-${++rooms}`;
  await service.nodes[rooms % 3].admin.createRoom({ id, members });
  return id;
}

const client = (node: number, clientId: string, token?: string): RecordingClient => new RecordingClient(service.nodes[node], clientId, token === undefined ? {} : { token });

type Bans = { items: { client_id: string }[] };
const bansAt = async (node: number): Promise<string[]> => (await service.nodes[node].admin.request<Bans>('GET', '/bans')).body.items.map(({ client_id }) => client_id);

/** Lifts a ban at one server, and waits until all know it. */
async function lift(clientId: string): Promise<void> {
  await service.nodes[1].admin.request('DELETE', `/bans/${clientId}`);
  await eventually('the ban to be lifted everywhere', async () => (await Promise.all([0, 1, 2].map(bansAt))).every((banned) => banned.length === 0));
}

describe('three servers', () => {
  it('deliver what is published at one to members at all, in one order', async () => {
    const id = await room('ann', 'bob', 'cid');
    const clients = await Promise.all(['ann', 'bob', 'cid'].map((name, i) => client(i, name).connect()));
    await Promise.all(Array.from({ length: 30 }, (_, i) => service.nodes[i % 3].admin.publish(id, { content: `${i}` })));
    const received = await Promise.all(
      clients.map(async (one) => {
        const messages = () => one.frames.filter(({ type, data }) => type === 'message' && data.room_id === id);
        await one.until('30 messages', () => messages().length === 30);
        return messages().map(({ id: frameId, seq, data }) => `${frameId} ${seq} ${String(data.content)}`);
      }),
    );
    expect(received[1]).toEqual(received[0]);
    expect(received[2]).toEqual(received[0]);
    expect(received[0].map((text) => Number(text.split(' ')[1]))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    await Promise.all(clients.map((one) => one.closeCleanly()));
  });

  it('keep for a client that is away what it gets at whichever it comes back to', async () => {
    const id = await room('roamer');
    const first = await client(0, 'roamer').connect();
    await service.nodes[1].admin.publish(id, { content: 'one' });
    await first.next('one', isMessage('one'));
    await first.acknowledged();
    await first.closeCleanly();
    await service.nodes[2].admin.publish(id, { content: 'two' });
    const second = await client(1, 'roamer').connect();
    await second.next('two', isMessage('two'));
    expect(second.frames.some(isMessage('one'))).toBe(false);
    await second.closeCleanly();
  });

  it('tell who debugs which of them wrote it, when it was published elsewhere, and what was tried here', async () => {
    const id = await room('debra');
    const options = { debug: true, acknowledgesItself: true };
    const debra = await new RecordingClient(service.nodes[1], 'debra', options).connect();
    await debra.next('its greeting', ({ type }) => type === 'connected');
    await service.nodes[0].admin.publish(id, { content: 'live' });
    const live = await debra.next('the message', isMessage('live'));
    await debra.cut();
    await service.nodes[2].admin.publish(id, { content: 'queued' });
    const told = async (node: number): Promise<unknown[]> => {
      const again = await new RecordingClient(service.nodes[node], 'debra', options).connect();
      await again.next('what waited', isMessage('queued'));
      await again.cut();
      return again.frames.flatMap(({ debug }) => (debug === undefined ? [] : [[debug.node === live.debug?.node, debug.replayed, debug.attempt]]));
    };
    expect(live.debug).toMatchObject({ replayed: false, attempt: 1, seq: live.seq });
    expect(await told(1)).toEqual([[true, true, 2], [true, true, 1]]);
    expect(await told(2)).toEqual([[false, true, 1], [false, true, 1]]);
  });

  it('carry out joining and leaving at one for a client at another', async () => {
    const id = await room('keeper');
    const joiner = await client(1, 'joiner').connect();
    await service.nodes[0].admin.addMember(id, 'joiner');
    await joiner.next('its joining', ({ type, data }) => type === 'room_update' && data.event === 'client_joined');
    await service.nodes[2].admin.publish(id, { content: 'in' });
    await joiner.next('in', isMessage('in'));
    await service.nodes[0].admin.removeMember(id, 'joiner');
    await service.nodes[2].admin.publish(id, { content: 'out' });
    await service.nodes[2].admin.notifyClient('joiner', 'after', {});
    await joiner.next('what came after', ({ type }) => type === 'after');
    expect(joiner.frames.some(isMessage('out'))).toBe(false);
    await joiner.closeCleanly();
  });

  it('know one presence of a client, wherever it is connected', async () => {
    await room('watcher', 'mover');
    const watcher = await client(0, 'watcher').connect();
    const first = await client(1, 'mover').connect();
    await watcher.next('online', isStatus('mover', 'online'));
    const second = await client(2, 'mover').connect();
    await first.closeCleanly();
    second.send({ type: 'presence', data: { status: 'away' } });
    await watcher.next('away', isStatus('mover', 'away'));
    for (const node of service.nodes) expect((await node.admin.presence('mover')).body).toMatchObject({ status: 'away' });
    await second.closeCleanly();
    await watcher.next('offline', isStatus('mover', 'offline'));
    expect(watcher.frames.filter(({ type, data }) => type === 'client_status' && data.client_id === 'mover').map(({ data }) => data.status)).toEqual(['online', 'away', 'offline']);
    await watcher.closeCleanly();
  });

  it('count the messages of a client together', async () => {
    const id = await room('talker');
    const talkers = await Promise.all([0, 1, 2].map((node) => client(node, 'talker').connect()));
    const answers = await Promise.all(Array.from({ length: LIMIT + 4 }, (_, i) => talkers[i % 3].command('message', { room_id: id, content: `${i}` })));
    expect(answers.filter(({ type }) => type === 'ack')).toHaveLength(LIMIT);
    expect(answers.filter(({ data }) => data.code === 'RATE_LIMIT_EXCEEDED')).toHaveLength(4);
    await Promise.all(talkers.map((one) => one.closeCleanly()));
  });

  it('count together what is beyond a limit, and ban whoever has sent too much of it at all of them', async () => {
    const id = await room('shouter');
    const shouters = await Promise.all([0, 1, 2].map((node) => client(node, 'shouter').connect()));
    const shout = (i: number) => shouters[i % 3].command('message', { room_id: id, content: `${i}` });
    const answers = await Promise.all(Array.from({ length: LIMIT + BAN_THRESHOLD - 1 }, (_, i) => shout(i)));
    expect(answers.filter(({ data }) => data.code === 'RATE_LIMIT_EXCEEDED')).toHaveLength(BAN_THRESHOLD - 1);
    expect(await bansAt(0)).toEqual([]);
    shouters[0].send({ type: 'message', data: { room_id: id, content: 'one too many' } });
    for (const one of shouters) expect(await one.ending()).toMatchObject({ code: 4403 });
    await lift('shouter');
  });

  it('all enforce a ban that is made at one, and its lifting', async () => {
    const banned = await Promise.all([1, 2].map((node) => client(node, 'rascal').connect()));
    await service.nodes[0].admin.request('PUT', '/bans/rascal', { seconds: 600 });
    for (const one of banned) expect(await one.ending()).toMatchObject({ code: 4403 });
    expect(await (await client(2, 'rascal').connect()).ending()).toMatchObject({ code: 4403 });
    for (const node of [0, 1, 2]) expect(await bansAt(node)).toEqual(['rascal']);
    await lift('rascal');
    await (await client(2, 'rascal').connect()).closeCleanly();
  });

  it('all enforce a revocation that is made at one', async () => {
    const token = signToken({ sub: 'leaver', jti: 'leaver-token' });
    const one = await client(1, 'leaver', token).connect();
    await service.nodes[2].admin.request('POST', '/tokens/revoke', { jti: 'leaver-token' });
    expect(await one.ending()).toMatchObject({ code: 4401 });
    await eventually('the token to be refused everywhere', async () => {
      const answers = await Promise.all(service.nodes.map((node) => node.api(token).request('GET', '/rooms')));
      return answers.every(({ status }) => status === 401);
    });
  });

  it('count the connections of a client together, also when all are made at once', async () => {
    const isLetIn = async (one: RecordingClient): Promise<boolean> => (await one.next('an answer', ({ type }) => type === 'connected' || type === 'error')).type === 'connected';
    const crowd = await Promise.all([0, 1, 2, 0, 1, 2].map((node) => client(node, 'crowd').connect()));
    const answers = await Promise.all(crowd.map(isLetIn));
    const inside = crowd.filter((_, i) => answers[i]);
    expect(inside).toHaveLength(MAX_CONNECTIONS);
    for (const one of crowd.filter((_, i) => !answers[i])) expect(await one.ending()).toMatchObject({ code: 4429 });
    await inside[0].closeCleanly();
    const next = await eventually('a place', async () => {
      const another = await client(2, 'crowd').connect();
      return (await isLetIn(another)) && another;
    });
    await Promise.all([...inside.slice(1), next].map((one) => one.closeCleanly()));
  });

  it('list and close the connections of all', async () => {
    const all = await Promise.all([0, 1, 2].map((node) => client(node, 'spread').connect()));
    const greetings = await Promise.all(all.map((one) => one.next('its greeting', ({ type }) => type === 'connected')));
    const ids = greetings.map(({ data }) => data.connection_id);
    type Page = { items: { id: string }[]; next_cursor?: string };
    const list = (node: number, query: string) => service.nodes[node].admin.request<Page>('GET', `/connections?client_id=spread&${query}`);
    const first = await list(0, 'limit=2');
    const rest = await list(1, `limit=2&cursor=${first.body.next_cursor}`);
    expect([...first.body.items, ...rest.body.items].map(({ id }) => id)).toEqual([...ids].sort());
    expect(rest.body).not.toHaveProperty('next_cursor');
    expect((await service.nodes[0].admin.request('DELETE', `/connections/${String(ids[1])}`)).status).toBe(204);
    expect(await all[1].ending()).toMatchObject({ code: 4001 });
    expect((await service.nodes[0].admin.request('DELETE', `/connections/${String(ids[1])}`)).status).toBe(404);
    expect((await service.nodes[1].admin.request('DELETE', '/clients/spread/connections')).status).toBe(204);
    for (const one of [all[0], all[2]]) expect(await one.ending()).toMatchObject({ code: 4001 });
  });
});
