// Who is given what: members from their joining to their leaving, the owner of a queue, and those who share a room.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';
import { caughtUp, connected, drained, given, givenOf } from './authorisation/members.js';

const server = new ServerProcess({ PRESENCE_GRACE_SECONDS: '0.2' });

beforeAll(() => server.start());
afterAll(() => server.destroy());

const as = (clientId: string) => server.api(signToken({ sub: clientId }));
const contents = (client: RecordingClient, log: string) => givenOf(client, log).map(({ data }) => data.event ?? data.content);

async function say(room: string, ...messages: string[]): Promise<void> {
  for (const content of messages) await server.admin.publish(room, { content });
}

/** Queue sizes by log. */
async function pending(clientId: string, device?: string): Promise<Record<string, number>> {
  const { body } = await server.admin.queue(clientId, device);
  return Object.fromEntries(body.rooms.map(({ room_id, pending: count }) => [room_id, count]));
}

describe('membership', () => {
  it('is what counts at each point of the order, for those who are connected', async () => {
    await server.admin.createRoom({ id: 'live', members: ['host'] });
    const guest = await connected(server, 'guest');
    await say('live', 'before');
    await server.admin.addMember('live', 'guest');
    await say('live', 'during');
    await server.admin.removeMember('live', 'guest');
    await say('live', 'between');
    await server.admin.addMember('live', 'guest', '?silent=true');
    await say('live', 'again');
    await server.admin.removeMember('live', 'guest', '?silent=true');
    await say('live', 'after');
    await caughtUp(guest);
    expect(contents(guest, 'live')).toEqual(['client_joined', 'during', 'client_left', 'again']);
  });

  it('takes what is queued with it when it ends, also when it begins anew', async () => {
    await server.admin.createRoom({ id: 'queued', members: ['leaver', 'stayer'] });
    await say('queued', 'one', 'two');
    expect(await pending('leaver')).toEqual({ queued: 2 });
    await server.admin.removeMember('queued', 'leaver');
    await say('queued', 'three');
    expect(await pending('leaver')).toEqual({});
    const client = await connected(server, 'leaver');
    await caughtUp(client);
    expect(given(client)).toEqual([]);
    await client.closeCleanly();
    await server.admin.addMember('queued', 'leaver', '?silent=true');
    await say('queued', 'four');
    await client.connect();
    await drained(server, client);
    expect(contents(client, 'queued')).toEqual(['four']);
  });

  it('takes with it what a connection has not been given, because it does not read', async () => {
    await server.admin.createRoom({ id: 'unread', members: ['slow', 'quick'] });
    const slow = await connected(server, 'slow', { pings: 'ignore' });
    const messages = Array.from({ length: 600 }, (_, n) => ({ room_id: 'unread', content: `${n}` }));
    // The first are written together; the others are behind more than may be unacknowledged.
    await server.admin.publishAll(messages);
    await server.admin.publishAll(messages);
    await server.admin.removeMember('unread', 'slow');
    await say('unread', 'after');
    await slow.cut();
    const again = await connected(server, 'slow');
    await drained(server, again);
    expect(given(again)).toEqual([]);
    expect(contents(slow, 'unread').length).toBeLessThanOrEqual(messages.length);
  });

  it('closes the room behind whoever leaves: history, members, presence, receipts, sending and acknowledging', async () => {
    await server.admin.createRoom({ id: 'closed', members: ['author', 'reader'] });
    const author = await connected(server, 'author');
    const { body } = await as('author').publish('closed', { content: 'mine' });
    await server.admin.removeMember('closed', 'author');
    const paths = ['', '/members', '/presence', '/messages', `/messages/${body.seq}/receipts`];
    for (const path of paths) expect((await as('author').request('GET', `/rooms/closed${path}`)).status, path).toBe(404);
    expect((await as('author').publish('closed', { content: 'again' })).status).toBe(404);
    const { body: listed } = await as('author').request<{ items: unknown[] }>('GET', '/rooms');
    expect(listed.items).toEqual([]);
    expect((await author.command('message', { room_id: 'closed', content: 'again' })).data.code).toBe('ROOM_NOT_FOUND');
    expect((await author.command('ack', { room_id: 'closed', seq: 1 })).data.code).toBe('ROOM_NOT_FOUND');
    expect((await server.admin.request<{ items: { client_id: string }[] }>('GET', '/rooms/closed/messages/1/receipts')).body.items).toEqual([
      expect.objectContaining({ client_id: 'reader' }),
    ]);
  });

  it('ends with the room, and does not come back with another one of its name', async () => {
    await server.admin.createRoom({ id: 'remade', members: ['former'] });
    await say('remade', 'secret of the former room');
    await server.admin.deleteRoom('remade');
    await server.admin.createRoom({ id: 'remade', members: ['latter'] });
    const [former, latter] = [await connected(server, 'former'), await connected(server, 'latter')];
    await say('remade', 'of the latter room');
    await caughtUp(former);
    await caughtUp(latter);
    expect(given(former)).toEqual([]);
    expect(contents(latter, 'remade')).toEqual(['of the latter room']);
    expect((await as('former').room('remade')).status).toBe(404);
  });
});

describe("other people's queues", () => {
  it("are not moved by anybody else's acknowledgements, of rooms, of own logs, or of rooms that are shared", async () => {
    await server.admin.createRoom({ id: 'shared', members: ['victim', 'attacker'] });
    await server.admin.createRoom({ id: 'private', members: ['victim'] });
    await say('shared', 'one', 'two');
    await say('private', 'one', 'two', 'three');
    await server.admin.notifyClient('victim', 'news', {});
    const before = await pending('victim');
    expect(before).toEqual({ shared: 2, private: 3, '@victim': 1 });
    const attacker = await connected(server, 'attacker', { acknowledgesItself: true });
    for (const room_id of ['private', '@victim', 'nowhere', '@nobody']) {
      expect((await attacker.command('ack', { room_id, seq: 1 })).data.code, room_id).toBe('ROOM_NOT_FOUND');
    }
    expect((await attacker.command('ack', { room_id: 'shared', seq: Number.MAX_SAFE_INTEGER })).type).toBe('ack');
    await eventually('the acknowledgement to be stored', async () => !('shared' in (await pending('attacker'))));
    expect(await pending('victim')).toEqual(before);
  });

  it('are apart even when devices and clients have the same names', async () => {
    await server.admin.createRoom({ id: 'names', members: ['ada', 'bea'] });
    await say('names', 'one');
    const phone = await connected(server, 'bea', { device: 'ada' });
    await phone.acknowledged();
    await eventually('the position of the device', async () => !('names' in (await pending('bea', 'ada'))));
    expect([await pending('bea'), await pending('bea', 'bea'), await pending('ada'), await pending('ada', 'ada')]).toEqual(Array(4).fill({ names: 1 }));
  });

  it('are not moved by an acknowledgement ahead of what there is', async () => {
    await server.admin.createRoom({ id: 'ahead', members: ['eager'] });
    await say('ahead', 'one');
    const eager = await connected(server, 'eager', { acknowledgesItself: true });
    await eager.command('ack', { room_id: 'ahead', seq: 1_000_000 });
    await eager.closeCleanly();
    await say('ahead', 'two');
    expect(await pending('eager')).toEqual({ ahead: 1 });
  });

  it('can be looked into by their owners and administrators alone, whether they exist or not', async () => {
    const answers = await Promise.all(['victim', 'nobody'].map((clientId) => as('attacker').queue(clientId)));
    for (const { status } of answers) expect(status).toBe(403);
    expect(answers[0].body).toEqual(answers[1].body);
  });

  it('hold notifications to their owner, which nobody else is given', async () => {
    await server.admin.createRoom({ id: 'together', members: ['una', 'dos'] });
    const [una, dos] = [await connected(server, 'una'), await connected(server, 'dos')];
    await server.admin.notifyClient('una', 'news', { n: 1 });
    await una.next('the news', ({ type }) => type === 'news');
    await caughtUp(dos);
    expect(dos.frames.filter(({ type }) => type === 'news')).toEqual([]);
    for (const path of ['/rooms/@una', '/rooms/@una/messages', '/rooms/%40una/messages']) expect((await as('dos').request('GET', path)).status, path).toBe(404);
    expect((await dos.command('message', { room_id: '@una', content: 'forged' })).type).toBe('error');
    expect((await as('dos').request('POST', '/clients/una/notifications', { type: 'news', data: {} })).status).toBe(403);
  });
});

describe('presence', () => {
  const told = (observer: RecordingClient, of: string) => observer.frames.filter(({ type, data }) => type === 'client_status' && data.client_id === of);

  /** The store goes through what has changed, or through those who share a room, whichever is fewer. */
  it.each([['few', 0], ['many', 200]])('is given to nobody who shares no room, with %s co-members: no frames, and the same answer as for nobody', async (group, others) => {
    const [celebrity, friend, stalker, accomplice] = ['celebrity', 'friend', 'stalker', 'accomplice'].map((name) => `${name}-${group}`);
    const crowd = Array.from({ length: others }, (_, n) => `${group}-${n}`);
    await server.admin.createRoom({ id: `theirs-${group}`, members: [celebrity, friend] });
    await server.admin.createRoom({ id: `own-${group}`, members: [stalker, accomplice, ...crowd] });
    const [watched, witness, watching] = [await connected(server, celebrity), await connected(server, friend), await connected(server, stalker)];
    await witness.until('the celebrity to be online', () => told(witness, celebrity).length === 1);
    await watched.command('presence', { status: 'away' });
    await witness.until('the celebrity to be away', () => told(witness, celebrity).length === 2);
    await watching.closeCleanly();
    await connected(server, accomplice);
    await eventually('the accomplice to be online', async () => (await server.admin.presence(accomplice)).body.status === 'online');
    await watching.connect();
    await watching.until('the accomplice to be online', () => told(watching, accomplice).length > 0);
    expect(watching.frames.filter(({ type, data }) => type === 'client_status' && data.client_id !== accomplice)).toEqual([]);
    const [known, unknown] = [await as(stalker).presence(celebrity), await as(stalker).presence('nobody')];
    expect([known.status, known.body]).toEqual([404, unknown.body]);
  });

  it('ends with the last room that is shared, for those who are connected and for those who come back', async () => {
    await server.admin.createRoom({ id: 'ends', members: ['ex', 'partner', 'witness'] });
    const [ex, partner, witness] = [await connected(server, 'ex'), await connected(server, 'partner'), await connected(server, 'witness')];
    await ex.until('the partner to be online', () => told(ex, 'partner').length === 1);
    await server.admin.removeMember('ends', 'ex');
    await partner.command('presence', { status: 'away' });
    await witness.until('the partner to be away', () => told(witness, 'partner').some(({ data }) => data.status === 'away'));
    await caughtUp(ex);
    await ex.closeCleanly();
    await ex.connect();
    await server.admin.notifyClient('ex', 'marker', {});
    await ex.next('the marker', ({ type }) => type === 'marker');
    expect(told(ex, 'partner').map(({ data }) => data.status)).toEqual(['online']);
    expect((await as('ex').presence('partner')).status).toBe(404);
    expect(told(partner, 'ex').map(({ data }) => data.status)).not.toContain('offline');
  });
});
