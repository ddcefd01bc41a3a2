// Tenants never meet: two of them with the same ids everywhere, and nothing of one reaches, moves or stops anything of the other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';
import { caughtUp, connected, given } from './authorisation/members.js';
import { ROUTES, ROUTES_ROOM } from './routes.js';

const TENANTS = ['acme', 'emca'] as const;
type Tenant = (typeof TENANTS)[number];

const server = new ServerProcess({ PRESENCE_GRACE_SECONDS: '0.2' });

beforeAll(() => server.start());
afterAll(() => server.destroy());

const as = (tenant: Tenant, sub: string, scope?: string) => server.api(signToken({ sub, tenant, ...(scope !== undefined && { scope }) }));
const admin = (tenant: Tenant) => as(tenant, 'admin', 'admin');
const join = (tenant: Tenant, clientId: string, acknowledgesItself = false) => connected(server, clientId, { tenant, acknowledgesItself });

/** A room of the same name and members in both. */
async function createInBoth(id: string, members: string[]): Promise<void> {
  for (const tenant of TENANTS) expect((await admin(tenant).createRoom({ id, members })).status).toBe(201);
}

describe('rooms of one name', () => {
  it('have their own orders, members, messages and ids', async () => {
    await createInBoth('same', ['ann', 'bob']);
    const [ours, theirs] = [await join('acme', 'ann'), await join('emca', 'ann')];
    const [first, second] = [
      await as('acme', 'bob').publish('same', { id: 'm1', content: 'ours' }),
      await as('emca', 'bob').publish('same', { id: 'm1', content: 'theirs' }),
    ];
    expect([first.body, second.body]).toMatchObject([{ seq: 1, content: 'ours' }, { seq: 1, content: 'theirs' }]);
    await admin('acme').addMember('same', 'cid');
    await admin('acme').updateRoom('same', { name: 'ours alone' });
    for (const client of [ours, theirs]) await client.next('the message', ({ type }) => type === 'message');
    await caughtUp(ours);
    await caughtUp(theirs);
    expect(given(ours).map(({ data }) => data.content ?? data.event)).toEqual(['ours', 'client_joined', 'room_updated']);
    expect(given(theirs).map(({ data }) => data.content ?? data.event)).toEqual(['theirs']);
    const histories = await Promise.all(TENANTS.map((tenant) => admin(tenant).request<{ items: unknown[] }>('GET', '/rooms/same/messages')));
    expect(histories.map(({ body }) => body.items.length)).toEqual([3, 1]);
    expect((await admin('emca').request<{ name: string | null; member_count: number }>('GET', '/rooms/same')).body).toMatchObject({ name: null, member_count: 2 });
  });

  it('are deleted one at a time', async () => {
    await createInBoth('gone', ['ann']);
    const theirs = await join('emca', 'ann');
    await admin('acme').deleteRoom('gone');
    expect((await admin('emca').room('gone')).status).toBe(200);
    await admin('emca').publish('gone', { content: 'still here' });
    expect((await theirs.next('the message', ({ data }) => data.room_id === 'gone')).data.content).toBe('still here');
  });

  it('stand in the listings of their tenant alone, also with a cursor from the other', async () => {
    for (const n of [1, 2, 3]) await admin('acme').createRoom({ id: `list-${n}`, members: ['ann'] });
    await admin('emca').createRoom({ id: 'list-9', members: ['ann'] });
    const { body } = await as('acme', 'ann').request<{ items: { id: string }[]; next_cursor: string }>('GET', '/rooms?limit=1');
    for (const api of [admin('emca'), as('emca', 'ann')]) {
      const answers = [await api.request<{ items: { id: string }[] }>('GET', '/rooms'), await api.request<{ items: { id: string }[] }>('GET', `/rooms?cursor=${body.next_cursor}`)];
      for (const { body: page } of answers) {
        expect(page.items.map(({ id }) => id).filter((id) => id.startsWith('list-'))).toEqual(['list-9']);
      }
    }
  });

  it('have their own receipts and queues, which acknowledgements of the other tenant do not move', async () => {
    await createInBoth('queues', ['dan', 'eve']);
    for (const tenant of TENANTS) await as(tenant, 'eve').publish('queues', { content: 'acknowledge this' });
    const dan = await join('acme', 'dan', true);
    expect((await dan.command('ack', { room_id: 'queues', seq: 1 })).type).toBe('ack');
    await eventually('the acknowledgement to be stored', async () => (await admin('acme').queue('dan')).body.size === 0);
    expect((await admin('emca').queue('dan')).body.size).toBe(1);
    const receipts = await Promise.all(
      TENANTS.map((tenant) => as(tenant, 'eve').request<{ items: { client_id: string; state: string }[] }>('GET', '/rooms/queues/messages/1/receipts')),
    );
    expect(receipts.map(({ body }) => body.items.find(({ client_id }) => client_id === 'dan')?.state)).toEqual(['acknowledged', 'pending']);
  });
});

describe('clients of one name', () => {
  it('are given their own notifications alone', async () => {
    const [ours, theirs] = [await join('acme', 'fay'), await join('emca', 'fay')];
    await as('acme', 'backend', 'publish').notifyClient('fay', 'news', { of: 'acme' });
    await as('emca', 'backend', 'publish').notifyClient('fay', 'news', { of: 'emca' });
    for (const client of [ours, theirs]) await client.next('the news', ({ type }) => type === 'news');
    await caughtUp(ours);
    await caughtUp(theirs);
    expect([given(ours), given(theirs)].map((frames) => frames.map(({ data }) => data.of))).toEqual([['acme'], ['emca']]);
  });

  it('are online or not each by itself, and nobody is told of the other', async () => {
    await createInBoth('presence', ['gus', 'hal', 'ivy']);
    const watcher = await join('emca', 'hal');
    const gus = await join('acme', 'gus');
    const witness = await join('acme', 'hal');
    await witness.until('gus to be online', () => given(witness).some(({ data }) => data.client_id === 'gus'));
    await gus.command('presence', { status: 'away' });
    await witness.until('gus to be away', () => given(witness).some(({ data }) => data.status === 'away'));
    await join('emca', 'ivy');
    await watcher.until('ivy to be online', () => given(watcher).length > 0);
    expect(given(watcher).map(({ data }) => data.client_id)).toEqual(['ivy']);
    expect((await as('emca', 'hal').presence('gus')).body).toEqual({ client_id: 'gus', status: 'offline', last_seen: null });
    const { body } = await as('emca', 'hal').request<{ items: { client_id: string; status: string }[] }>('GET', '/rooms/presence/presence');
    expect(body.items.map(({ client_id, status }) => `${client_id} ${status}`)).toEqual(['gus offline', 'hal online', 'ivy online']);
  });

  it('are banned, revoked and closed one at a time', async () => {
    const [ours, theirs] = [await join('acme', 'jim'), await join('emca', 'jim')];
    const { body } = await admin('emca').request<{ items: { id: string; client_id: string }[] }>('GET', '/connections?limit=200');
    const own = body.items.filter(({ client_id }) => client_id === 'jim');
    expect(own).toHaveLength(1);
    expect((await admin('acme').request('DELETE', `/connections/${own[0].id}`)).status).toBe(404);
    expect((await admin('acme').request('DELETE', '/clients/jim/connections')).status).toBe(204);
    expect((await ours.ending()).code).toBe(4001);
    await ours.connect();
    expect((await admin('acme').request('PUT', '/bans/jim', { seconds: 60 })).status).toBe(200);
    expect((await ours.ending()).code).toBe(4403);
    expect((await admin('emca').request<{ items: unknown[] }>('GET', '/bans')).body.items).toEqual([]);
    expect((await admin('emca').request('DELETE', '/bans/jim')).status).toBe(204);
    expect((await as('acme', 'jim').request('GET', '/rooms')).status).toBe(403);
    expect((await admin('acme').request('POST', '/tokens/revoke', { client_id: 'jim' })).status).toBe(204);
    expect((await as('emca', 'jim').request('GET', '/rooms')).status).toBe(200);
    await caughtUp(theirs);
    expect(theirs.isOpen).toBe(true);
  });
});

describe("an administrator's or backend's token", () => {
  const OF_ROOMS = ROUTES.filter(({ path }) => path.includes(ROUTES_ROOM));

  it.each(OF_ROOMS.map(({ method, path, body }): [string, string, object | undefined] => [method, path, body]))(
    "finds another tenant's room as little as none: %s %s",
    async (method, path, body) => {
      await admin('acme').createRoom({ id: ROUTES_ROOM, members: ['somebody'] });
      const before = (await admin('acme').room(ROUTES_ROOM)).body;
      const stranger = admin('emca');
      const there = await stranger.request(method, path, body);
      const nowhere = await stranger.request(method, path.replace(ROUTES_ROOM, 'no-such-room'), body);
      expect([there.status, there.body]).toEqual([404, nowhere.body]);
      expect((await admin('acme').room(ROUTES_ROOM)).body).toEqual(before);
    },
  );

  it('publishes to no room of another tenant, in no way', async () => {
    const { body } = await admin('emca').request<{ results: { status: number; code?: string }[] }>('POST', '/publish', [
      { room_id: ROUTES_ROOM, content: 'hello' },
      { room_id: ROUTES_ROOM, type: 'news', data: {} },
    ]);
    expect(body.results.map(({ code }) => code)).toEqual(['ROOM_NOT_FOUND', 'ROOM_NOT_FOUND']);
    const backend = await connected(server, 'backend', { tenant: 'emca', scope: 'publish' });
    expect((await backend.command('message', { room_id: ROUTES_ROOM, content: 'hello' })).data.code).toBe('ROOM_NOT_FOUND');
    expect((await backend.command('ack', { room_id: ROUTES_ROOM, seq: 1 })).data.code).toBe('ROOM_NOT_FOUND');
  });

  it("is shown nothing of another tenant's trail", async () => {
    const { body } = await admin('emca').request<{ items: { tenant: string }[] }>('GET', '/audit?limit=200');
    expect(new Set(body.items.map(({ tenant }) => tenant))).toEqual(new Set(['emca']));
  });

  it('cannot name the tenant of the server itself', async () => {
    const { status } = await server.api(signToken({ sub: 'canary', tenant: '$system', scope: 'admin' })).request('GET', '/rooms');
    expect(status).toBe(401);
  });
});
