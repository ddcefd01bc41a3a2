// `receive:*` scopes: only notifications of the named types come, in whatever way they come, and the rest is out of the way for good.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { isOverflow } from '../support/frame.js';
import type { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';
import { caughtUp, connected, drained, given, givenOf, historyOf, member } from './authorisation/members.js';

const QUEUE_MAX = 60;
const server = new ServerProcess({ QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX), PRESENCE_GRACE_SECONDS: '0.2' });

beforeAll(() => server.start());
afterAll(() => server.destroy());

const MASKS: [scope: string, types: string[]][] = [
  ['receive:message', ['message']],
  ['receive:room_update', ['room_update']],
  ['receive:news', ['news']],
  ['receive:message receive:news publish', ['message', 'news']],
  ['receive:client_status', []],
  ['receive:nothing.like.it admin', []],
];

/** One of each type, so many times. */
async function publishMix(room: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await server.admin.publish(room, { content: `${round}` });
    await server.admin.notifyRoom(room, 'news', { round });
    await server.admin.updateRoom(room, { name: `${room} ${round} ${Math.random()}` });
  }
}

async function expectOnly(client: RecordingClient, room: string, types: string[]): Promise<void> {
  await drained(server, client);
  const wanted = (await historyOf(server, room)).filter(({ type }) => types.includes(type));
  expect(givenOf(client, room)).toEqual(wanted);
  const others = given(client).filter(({ type }) => !types.includes(type) && type !== 'client_status');
  expect(others).toEqual([]);
}

async function queueSizeIs(clientId: string, size: number, device?: string): Promise<void> {
  await eventually(`the queue of ${clientId} to hold ${size}`, async () => (await server.admin.queue(clientId, device)).body.size === size);
}

describe('a token with receive:*', () => {
  it('lets only these types through live, in the order of the room, whoever else receives what', async () => {
    const names = MASKS.map((_mask, i) => `live-${i}`);
    await server.admin.createRoom({ id: 'live', members: [...names, 'live-all'] });
    const all = await connected(server, 'live-all');
    const masked = await Promise.all(MASKS.map(([scope], i) => connected(server, names[i], { scope })));
    await publishMix('live', 4);
    await caughtUp(all);
    expect(givenOf(all, 'live')).toEqual(await historyOf(server, 'live'));
    for (const [i, [, types]] of MASKS.entries()) await expectOnly(masked[i], 'live', types);
  });

  it.each([
    ['the store', false],
    ['memory', true],
  ])('lets only these types through of what was queued, read from %s', async (_from, isFollowed) => {
    const room = `queued-${isFollowed}`;
    const names = MASKS.map((_mask, i) => `${room}-${i}`);
    await server.admin.createRoom({ id: room, members: [...names, `${room}-all`] });
    // Somebody who is connected keeps the newest entries in memory.
    if (isFollowed) await connected(server, `${room}-all`);
    await publishMix(room, 4);
    for (const [i, [scope, types]] of MASKS.entries()) {
      const client = await connected(server, names[i], { scope });
      await expectOnly(client, room, types);
    }
  });

  it('in plain mode too, while errors come all the same', async () => {
    await server.admin.createRoom({ id: 'plain', members: ['paul'] });
    const paul = await member(server, 'paul', { plain: true, scope: 'receive:news' }).connect();
    await publishMix('plain', 2);
    paul.send('no frame');
    await paul.next('the error', ({ type }) => type === 'error');
    expect(paul.frames.map(({ type }) => type)).toEqual(['news', 'news', 'error']);
  });

  it("keeps commands, and what answers them, as they are", async () => {
    await server.admin.createRoom({ id: 'commands', members: ['carla'] });
    const carla = await connected(server, 'carla', { scope: 'receive:news' });
    expect((await carla.command('message', { room_id: 'commands', content: 'hello' })).type).toBe('ack');
    expect((await carla.command('message', { room_id: 'elsewhere', content: 'hello' })).data.code).toBe('ROOM_NOT_FOUND');
    await caughtUp(carla);
    expect(given(carla)).toEqual([]);
  });

  it("of a client that leaves tells it of that only if it receives room updates, and so with a room that is deleted", async () => {
    const [talks, updates] = ['receive:message', 'receive:room_update'];
    await server.admin.createRoom({ id: 'ending', members: ['tom', 'uma', 'vic', 'wes'] });
    const [tom, uma] = [await connected(server, 'tom', { scope: talks }), await connected(server, 'uma', { scope: updates })];
    await server.admin.publish('ending', { content: 'last words' });
    await server.admin.request('POST', '/rooms/ending/members', { remove: ['tom', 'uma'] });
    const [vic, wes] = [await connected(server, 'vic', { scope: talks }), await connected(server, 'wes', { scope: updates })];
    await server.admin.publish('ending', { content: 'for those who are left' });
    const away = await connected(server, 'vic', { scope: talks, device: 'away' });
    await drained(server, away);
    await away.closeCleanly();
    await server.admin.publish('ending', { content: 'for later' });
    await server.admin.deleteRoom('ending');
    await away.connect();
    for (const client of [tom, uma, vic, wes, away]) await drained(server, client);
    const shown = (client: RecordingClient) => givenOf(client, 'ending').map(({ data }) => data.event ?? data.content);
    expect(shown(tom)).toEqual(['last words']);
    expect(shown(uma)).toEqual(['client_left', 'client_left']);
    expect(shown(vic)).toEqual(['last words', 'for those who are left', 'for later']);
    expect(shown(wes)).toEqual(['client_left', 'client_left', 'room_deleted']);
    expect(shown(away)).toEqual(['for later']);
  });
});

describe('what is left out', () => {
  it('moves the position on: the queue is empty, and comes on no other connection that shares it', async () => {
    await server.admin.createRoom({ id: 'moved', members: ['mia'] });
    const masked = await connected(server, 'mia', { scope: 'receive:client_status' });
    await publishMix('moved', 3);
    await queueSizeIs('mia', 0);
    await masked.closeCleanly();
    await publishMix('moved', 1);
    const all = await connected(server, 'mia');
    await drained(server, all);
    expect(givenOf(all, 'moved').map(({ seq }) => seq)).toEqual([10, 11, 12]);
  });

  it('moves past what is read back too, from before the connection was made', async () => {
    await server.admin.createRoom({ id: 'behind', members: ['ned'] });
    await publishMix('behind', 3);
    await connected(server, 'ned', { scope: 'receive:client_status' });
    await queueSizeIs('ned', 0);
  });

  it('leaves the positions of other devices alone', async () => {
    await server.admin.createRoom({ id: 'devices', members: ['ole'] });
    const bot = await connected(server, 'ole', { scope: 'receive:news', device: 'bot' });
    await publishMix('devices', 2);
    await bot.until('its news', () => givenOf(bot, 'devices').length === 2);
    await queueSizeIs('ole', 0, 'bot');
    const all = await connected(server, 'ole');
    await drained(server, all);
    expect(givenOf(all, 'devices').map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('with ack=client is out of the way once everything before it is acknowledged, and not before', async () => {
    await server.admin.createRoom({ id: 'acked', members: ['pam'] });
    const pam = await connected(server, 'pam', { scope: 'receive:message', acknowledgesItself: true });
    const publishNews = () => server.admin.notifyRoom('acked', 'news', {});
    await publishNews();
    await publishNews();
    await server.admin.publish('acked', { content: 'acknowledge this' });
    await publishNews();
    await pam.until('the message', () => givenOf(pam, 'acked').length === 1);
    await queueSizeIs('pam', 2);
    await pam.command('ack', { room_id: 'acked', seq: 3 });
    await queueSizeIs('pam', 0);
  });

  it.each(['transport', 'client'])('is no overflow, however much of it there is, with acknowledgement by %s', async (mode) => {
    const [room, client] = [`flood-${mode}`, `flooded-${mode}`];
    await server.admin.createRoom({ id: room, members: [client] });
    const masked = await connected(server, client, { scope: 'receive:message', acknowledgesItself: mode === 'client' });
    for (let i = 0; i < 4; i++) await server.admin.publishAll(Array.from({ length: QUEUE_MAX }, (_, n) => ({ room_id: room, type: 'news', data: { n } })));
    await server.admin.publish(room, { content: 'at last' });
    await masked.until('the message', () => givenOf(masked, room).length === 1);
    if (mode === 'client') await masked.command('ack', { room_id: room, seq: 4 * QUEUE_MAX + 1 });
    await queueSizeIs(client, 0);
    await masked.closeCleanly();
    await masked.connect();
    await drained(server, masked);
    expect(given(masked)).toEqual([]);
    expect(masked.frames.filter(isOverflow)).toEqual([]);
  });

  it('is decided anew from a token refresh on', async () => {
    await server.admin.createRoom({ id: 'refreshed', members: ['quentin'] });
    const quentin = await connected(server, 'quentin', { scope: 'receive:message' });
    const refresh = async (scope: string) => {
      const { type } = await quentin.command('token_refresh', { token: signToken({ sub: 'quentin', scope }) });
      expect(type).toBe('ack');
    };
    await publishMix('refreshed', 1);
    await caughtUp(quentin);
    await refresh('receive:room_update');
    await publishMix('refreshed', 1);
    await caughtUp(quentin);
    await refresh('');
    await publishMix('refreshed', 1);
    await caughtUp(quentin);
    expect(givenOf(quentin, 'refreshed').map(({ seq }) => seq)).toEqual([1, 6, 7, 8, 9]);
  });
});

describe('presence', () => {
  const statuses = (client: RecordingClient) => client.frames.filter(({ type }) => type === 'client_status').map(({ data }) => data.status);

  it('is told to those who receive client_status, live and after a reconnection, and to nobody else', async () => {
    await server.admin.createRoom({ id: 'presence', members: ['rita', 'sam', 'theo'] });
    const sam = await connected(server, 'sam', { scope: 'receive:client_status' });
    const theo = await connected(server, 'theo', { scope: 'receive:message' });
    await sam.until('theo to be online', () => statuses(sam).length === 1);
    const rita = await connected(server, 'rita');
    await sam.until('rita to be online', () => statuses(sam).length === 2);
    await rita.command('presence', { status: 'away' });
    await sam.until('rita to be away', () => statuses(sam).length === 3);
    await sam.acknowledged();
    await Promise.all([sam.closeCleanly(), theo.closeCleanly()]);
    await rita.command('presence', { status: 'online' });
    await eventually('rita to be online', async () => (await server.admin.presence('rita')).body.status === 'online');
    await Promise.all([sam.connect(), theo.connect()]);
    await sam.until('rita to be online again', () => statuses(sam).at(-1) === 'online');
    await rita.until('theo to be online again', () => given(rita).some(({ data }) => data.client_id === 'theo'));
    await server.admin.publish('presence', { content: 'the end' });
    await theo.next('the message', ({ type }) => type === 'message');
    await caughtUp(sam);
    expect(given(sam).every(({ type }) => type === 'client_status')).toBe(true);
    expect(theo.frames.filter(({ id }) => id !== undefined).map(({ type }) => type)).toEqual(['message']);
  });
});
