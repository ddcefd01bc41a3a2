// Who gets what: tenants never meet, nobody moves another's position, and whoever is out of a room is out of all of it.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Api } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import type { Frame } from '../support/frame.js';
import { RecordingClient, type RecordingClientOptions } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';

const server = new ServerProcess({ PRESENCE_GRACE_SECONDS: '0.2' });
let other: Api;

beforeAll(async () => {
  await server.start();
  other = server.api(adminToken('other'));
});
afterAll(() => server.destroy());

async function connect(clientId: string, options: RecordingClientOptions & { tenant?: string } = {}): Promise<RecordingClient> {
  const { tenant, ...rest } = options;
  const token = signToken({ sub: clientId, ...(tenant !== undefined && { tenant }) });
  const client = await new RecordingClient(server, clientId, { token, ...rest }).connect();
  onTestFinished(() => client.cut());
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
}

const as = (clientId: string): Api => server.api(signToken({ sub: clientId }));
const notifications = (client: RecordingClient): Frame[] => client.frames.filter(({ id }) => id !== undefined);
const statusesOf = (client: RecordingClient, clientId: string): Frame[] =>
  client.frames.filter(({ type, data }) => type === 'client_status' && data.client_id === clientId);

/** Whatever was published before to anyone has been written to this client when this resolves. */
async function settled(client: RecordingClient, admin = server.admin): Promise<void> {
  const { body } = await admin.notifyClient(client.clientId, 'fence', {});
  await client.until('the fence', () => client.frames.some(({ id }) => id === body.id));
}

describe('the same ids in two tenants', () => {
  it('name rooms, clients, queues and histories that never meet', async () => {
    for (const admin of [server.admin, other]) await admin.createRoom({ id: 'twin', members: ['ann', 'absent'] });
    const [ann, stranger] = [await connect('ann'), await connect('ann', { tenant: 'other' })];
    await server.admin.publish('twin', { content: 'here' });
    await server.admin.notifyClient('ann', 'personal', { for: 'here' });
    await server.admin.updateRoom('twin', { name: 'renamed' });
    await server.admin.addMember('twin', 'newcomer');
    await settled(ann);
    await settled(stranger, other);
    expect(notifications(ann).map(({ type }) => type)).toEqual(['message', 'personal', 'room_update', 'room_update', 'fence']);
    expect(notifications(stranger).map(({ type }) => type)).toEqual(['fence']);
    expect((await server.admin.queue('absent')).body.size).toBe(3);
    expect((await other.queue('absent')).body.size).toBe(0);
    expect((await other.request('GET', '/rooms/twin/messages?after=0')).body).toEqual({ items: [] });
    expect((await other.request('GET', '/rooms/twin/members')).body).toMatchObject({ items: [{ client_id: 'absent' }, { client_id: 'ann' }] });
    expect((await other.request('GET', '/rooms/twin/messages/1/receipts')).status).toBe(404);
    await other.deleteRoom('twin');
    expect((await server.admin.room('twin')).status).toBe(200);
  });

  it('have presence, connections and bans of their own', async () => {
    for (const admin of [server.admin, other]) await admin.createRoom({ id: 'twins', members: ['eve', 'bob'] });
    const [watcher, stranger] = [await connect('bob'), await connect('bob', { tenant: 'other' })];
    const eve = await connect('eve');
    await watcher.until('eve to be online', () => statusesOf(watcher, 'eve').length > 0);
    await settled(stranger, other);
    expect(statusesOf(stranger, 'eve')).toEqual([]);
    expect((await other.presence('eve')).body).toMatchObject({ status: 'offline', last_seen: null });
    const listed = await other.request<{ items: { id: string; client_id: string }[] }>('GET', '/connections');
    expect(listed.body.items.map(({ client_id: clientId }) => clientId)).toEqual(['bob']);
    const [connection] = (await server.admin.request<{ items: { id: string }[] }>('GET', '/connections?client_id=eve')).body.items;
    expect((await other.request('DELETE', `/connections/${connection?.id}`)).status).toBe(404);
    expect((await other.request('DELETE', '/clients/eve/connections')).status).toBe(204);
    expect((await other.request('PUT', '/bans/eve', { seconds: 60 })).status).toBe(200);
    expect((await server.admin.request('GET', '/bans')).body).toMatchObject({ items: [] });
    await settled(eve);
    expect(eve.isOpen).toBe(true);
  });
});

describe('a room of another tenant', () => {
  it.each([
    ['GET', ''],
    ['PATCH', '', { name: 'mine' }],
    ['DELETE', ''],
    ['GET', '/members'],
    ['PUT', '/members/mallory'],
    ['DELETE', '/members/ann'],
    ['POST', '/members', { add: ['mallory'] }],
    ['GET', '/presence'],
    ['POST', '/messages', { content: 'hello' }],
    ['GET', '/messages'],
    ['GET', '/messages/1/receipts'],
    ['POST', '/notifications', { type: 'custom', data: {} }],
  ])('is not there for its administrators: %s %s', async (method, path, body?: object) => {
    await server.admin.createRoom({ id: 'foreign', members: ['ann'] });
    await server.admin.publish('foreign', { content: 'one' });
    const before = (await server.admin.room('foreign')).body;
    expect(await other.request(method, `/rooms/foreign${path}`, body)).toMatchObject({ status: 404, body: { code: 'ROOM_NOT_FOUND' } });
    expect((await server.admin.room('foreign')).body).toEqual(before);
  });

  it('is not there for its listings, bulk publishing and frames', async () => {
    await server.admin.createRoom({ id: 'foreign', members: ['ann'] });
    expect(JSON.stringify((await other.request('GET', '/rooms')).body)).not.toContain('foreign');
    expect((await other.publishAll([{ room_id: 'foreign', content: 'hello' }])).body).toMatchObject({ results: [{ code: 'ROOM_NOT_FOUND' }] });
    const stranger = await connect('ann', { tenant: 'other' });
    for (const [type, data] of [
      ['message', { room_id: 'foreign', content: 'hello' }],
      ['ack', { room_id: 'foreign', seq: 1 }],
    ] as const) {
      expect(await stranger.command(type, data)).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
    }
    const token = signToken({ sub: 'ann' });
    expect(await stranger.command('token_refresh', { token })).toMatchObject({ type: 'error', data: { code: 'FORBIDDEN' } });
  });
});

describe("other people's positions", () => {
  it("do not move by acknowledging a room one is not in, nor another client's own log", async () => {
    await server.admin.createRoom({ id: 'victims', members: ['victim'] });
    await server.admin.publish('victims', { content: 'waits' });
    await server.admin.notifyClient('victim', 'personal', {});
    const mallory = await connect('mallory');
    const foreign = await connect('victim', { tenant: 'other' });
    for (const attacker of [mallory, foreign]) {
      expect(await attacker.command('ack', { room_id: 'victims', seq: 1_000 })).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
    }
    expect((await mallory.command('ack', { room_id: '@victim', seq: 1_000 })).type).toBe('error');
    await mallory.closeCleanly();
    await foreign.closeCleanly();
    expect((await server.admin.queue('victim')).body).toMatchObject({ size: 2, dropped: 0 });
    expect((await as('mallory').queue('victim')).status).toBe(403);
    const victim = await connect('victim');
    await victim.until('both', () => notifications(victim).length === 2);
  });

  it('do not move by naming their device', async () => {
    await server.admin.createRoom({ id: 'devices', members: ['owner', 'thief'] });
    await (await connect('owner', { device: 'phone', acknowledgesItself: true })).closeCleanly();
    await server.admin.publish('devices', { content: 'waits' });
    const thief = await connect('thief', { device: 'phone', acknowledgesItself: true });
    await thief.until('the message', () => notifications(thief).length === 1);
    expect((await thief.command('ack', { room_id: 'devices', seq: 1 })).type).toBe('ack');
    await eventually('its own position to move', async () => (await server.admin.queue('thief', 'phone')).body.size === 0);
    expect((await server.admin.queue('owner', 'phone')).body.size).toBe(1);
    const owner = await connect('owner', { device: 'phone' });
    await owner.until('the message', () => notifications(owner).length === 1);
  });
});

describe('a member who was removed', () => {
  it('has nothing of the room any more: live, queued, by asking, or as presence', async () => {
    await server.admin.createRoom({ id: 'left', members: ['out', 'offline', 'in'] });
    const [out, inside] = [await connect('out'), await connect('in')];
    const { seq } = (await as('out').publish('left', { content: 'by the one who goes' })).body;
    for (const clientId of ['out', 'offline']) await server.admin.removeMember('left', clientId);
    await server.admin.publish('left', { content: 'secret' });
    inside.send({ type: 'presence', data: { status: 'away' } });
    await eventually('the change of status', async () => (await server.admin.presence('in')).body.status === 'away');
    const offline = await connect('offline');
    for (const client of [out, offline]) await settled(client);
    expect(notifications(out).filter(({ type }) => type !== 'client_status').map(({ type, data }) => data.event ?? type)).toEqual(['message', 'client_left', 'fence']);
    expect(statusesOf(out, 'in').filter(({ data }) => data.status === 'away')).toEqual([]);
    expect(notifications(offline).map(({ type }) => type)).toEqual(['fence']);
    for (const clientId of ['out', 'offline']) {
      expect(JSON.stringify((await as(clientId).queue(clientId)).body)).not.toContain('left');
      for (const path of ['', '/members', '/presence', '/messages', `/messages/${seq}/receipts`]) {
        expect(await as(clientId).request('GET', `/rooms/left${path}`)).toMatchObject({ status: 404, body: { code: 'ROOM_NOT_FOUND' } });
      }
      expect((await as(clientId).publish('left', { content: 'still here?' })).status).toBe(404);
      expect((await as(clientId).presence('in')).status).toBe(404);
      expect((await as(clientId).request('GET', '/rooms')).body).toEqual({ items: [] });
    }
    expect(await out.command('ack', { room_id: 'left', seq })).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
  });
});

describe('presence', () => {
  it('is told to co-members alone, and asked for by them alone', async () => {
    await server.admin.createRoom({ id: 'friends', members: ['seen', 'friend'] });
    await server.admin.createRoom({ id: 'strangers', members: ['unknown'] });
    const [friend, unknown] = [await connect('friend'), await connect('unknown')];
    await connect('seen');
    await friend.until('a status', () => statusesOf(friend, 'seen').length > 0);
    await settled(unknown);
    expect(notifications(unknown).map(({ type }) => type)).toEqual(['fence']);
    expect((await as('friend').presence('seen')).status).toBe(200);
    const [hidden, absent] = [await as('unknown').presence('seen'), await as('unknown').presence('nope')];
    expect([hidden.status, hidden.body]).toEqual([absent.status, absent.body]);
    expect(hidden.status).toBe(404);
  });
});
