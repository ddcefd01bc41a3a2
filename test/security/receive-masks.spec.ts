// A token that names types receives those alone, live, queued and by catching up, and is not troubled with the rest again.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { Frame } from '../support/frame.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const server = new ServerProcess({ QUEUE_MAX_PER_CLIENT: '5000', PRESENCE_GRACE_SECONDS: '0.2' });

beforeAll(() => server.start());
afterAll(() => server.destroy());

/** The type of the last notification of a room: whoever has it has everything before it. */
const FENCE = 'fence';
const mask = (...types: string[]): string => [...types, FENCE].map((type) => `receive:${type}`).join(' ');
const tokenOf = (clientId: string, scope: string): string => signToken({ sub: clientId, scope });

async function connect(clientId: string, scope = '', device?: string): Promise<RecordingClient> {
  const client = await new RecordingClient(server, clientId, { token: tokenOf(clientId, scope), ...(device !== undefined && { device }) }).connect();
  onTestFinished(() => client.cut());
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
}

const createRoom = (id: string, members: string[]): Promise<unknown> => server.admin.createRoom({ id, members });
const fence = async (room: string): Promise<number> => (await server.admin.notifyRoom(room, FENCE, {})).body.seq;

/** Everything the newest connection got of a room, up to the fence. */
async function upToFence(client: RecordingClient, room: string): Promise<Frame[]> {
  const seq = await fence(room);
  await client.until('the fence', () => client.framesOfConnection.some((frame) => frame.type === FENCE && frame.seq === seq));
  return client.framesOfConnection.filter(({ id, type }) => id?.startsWith(`${room}:`) && type !== FENCE);
}

let named = 0;

/** One of each type, `rounds` times. */
async function publishMixed(room: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await server.admin.publish(room, { content: String(round) });
    await server.admin.updateRoom(room, { name: `name ${++named}` });
    await server.admin.notifyRoom(room, 'order.paid', { round });
  }
}

const MASKS = [['message'], ['room_update'], ['order.paid'], ['message', 'order.paid'], ['client_status']];

/** The types that a mask lets through of those that {@link publishMixed} publishes, in their order. */
function expected(types: string[], rounds: number): string[] {
  const round = ['message', 'room_update', 'order.paid'].filter((type) => types.includes(type));
  return Array.from({ length: rounds }, () => round).flat();
}

function isRising(frames: readonly Frame[]): boolean {
  return frames.every(({ seq = 0 }, index) => index === 0 || seq > (frames[index - 1]?.seq ?? 0));
}

describe('a mask', () => {
  it.each(MASKS.map((types, index) => ({ types, id: `live-${index}` })))('of $types chooses live, in order', async ({ types, id }) => {
    await createRoom(id, [id, `${id}-all`]);
    const [all, masked] = [await connect(`${id}-all`), await connect(id, mask(...types))];
    await publishMixed(id, 3);
    const frames = await upToFence(masked, id);
    expect(frames.map(({ type }) => type)).toEqual(expected(types, 3));
    expect(isRising(frames)).toBe(true);
    await all.until('the fence', () => all.frames.some(({ type }) => type === FENCE));
    expect(all.frames.filter(({ seq, type }) => seq !== undefined && type !== FENCE)).toHaveLength(9);
  });

  it.each(MASKS.map((types, index) => ({ types, id: `queued-${index}` })))('of $types chooses among what waited, and gets nothing of it again', async ({ types, id }) => {
    await createRoom(id, [id]);
    await publishMixed(id, 10);
    const first = await connect(id, mask(...types));
    const frames = await upToFence(first, id);
    expect(frames.map(({ type }) => type)).toEqual(expected(types, 10));
    expect(isRising(frames)).toBe(true);
    await first.acknowledged();
    await first.closeCleanly();
    await eventually('its queue to be empty', async () => (await server.admin.queue(id)).body.size === 0);
    const second = await connect(id, mask(...types));
    expect(await upToFence(second, id)).toEqual([]);
  });

  it('that excludes everything still moves the position', async () => {
    await createRoom('nothing', ['nothing']);
    const client = await connect('nothing', 'receive:unheard_of');
    await publishMixed('nothing', 20);
    await eventually('its queue to be empty', async () => (await server.admin.queue('nothing')).body.size === 0);
    expect(client.frames.filter(({ id }) => id !== undefined)).toEqual([]);
  });

  it('chooses while a client that did not keep up catches up with 1,200 messages', async () => {
    await createRoom('behind', ['behind']);
    const client = await connect('behind', mask('message'));
    client.webSocket.pause();
    for (let part = 0; part < 3; part++) {
      const items = Array.from({ length: 400 }, (_, index) => [
        { room_id: 'behind', content: String(part * 400 + index) },
        { room_id: 'behind', type: 'noise', data: {} },
      ]).flat();
      await server.admin.publishAll(items);
    }
    client.webSocket.resume();
    const frames = await upToFence(client, 'behind');
    expect(frames.map(({ data }) => data.content)).toEqual(Array.from({ length: 1_200 }, (_, index) => String(index)));
  });

  it('of one device leaves the position of another alone', async () => {
    await createRoom('devices', ['devices']);
    await publishMixed('devices', 2);
    const masked = await connect('devices', mask('message'), 'watch');
    expect((await upToFence(masked, 'devices')).map(({ type }) => type)).toEqual(expected(['message'], 2));
    await masked.acknowledged();
    await masked.closeCleanly();
    const all = await connect('devices', '', 'phone');
    expect(await upToFence(all, 'devices')).toHaveLength(6);
  });

  it('chooses among what a leaver gets last', async () => {
    await createRoom('leaving', ['leaver', 'stayer']);
    const [leaver, stayer] = [await connect('leaver', mask('message')), await connect('stayer')];
    await Promise.all([server.admin.publish('leaving', { content: 'last' }), server.admin.removeMember('leaving', 'leaver')]);
    await upToFence(stayer, 'leaving');
    leaver.send({ type: 'ping' });
    await leaver.next('pong', ({ type }) => type === 'pong');
    expect(leaver.frames.filter(({ type }) => type === 'room_update' || type === FENCE)).toEqual([]);
  });
});

describe('a mask and presence', () => {
  it('gives statuses to those alone whose mask names them, now and at the next connection', async () => {
    await createRoom('statuses', ['watcher', 'deaf', 'all', 'mover']);
    const [watcher, deaf, all] = [await connect('watcher', mask('client_status')), await connect('deaf', mask('message')), await connect('all')];
    const mover = await connect('mover');
    mover.send({ type: 'presence', data: { status: 'away' } });
    const isAway = ({ type, data }: Frame): boolean => type === 'client_status' && data.client_id === 'mover' && data.status === 'away';
    for (const client of [watcher, all]) await client.until('away', () => client.frames.some(isAway));
    await server.admin.publish('statuses', { content: 'hello' });
    await upToFence(deaf, 'statuses');
    const types = (client: RecordingClient): string[] => [...new Set(client.frames.filter(({ id }) => id !== undefined).map(({ type }) => type))].sort();
    await all.until('the fence', () => all.frames.some(({ type }) => type === FENCE));
    expect(types(deaf)).toEqual([FENCE, 'message']);
    expect(types(watcher)).toEqual(['client_status', FENCE]);
    expect(types(all)).toEqual(['client_status', FENCE, 'message']);
    await deaf.acknowledged();
    await deaf.closeCleanly();
    const again = await connect('deaf', mask('message'));
    await upToFence(again, 'statuses');
    expect(again.frames.filter(({ type }) => type === 'client_status')).toEqual([]);
  });
});

describe('a mask and a refreshed token', () => {
  it('changes at once, both ways', async () => {
    await createRoom('refreshed', ['refreshed']);
    const client = await connect('refreshed');
    const typesAfter = async (scope: string): Promise<string[]> => {
      const answer = await client.command('token_refresh', { token: tokenOf('refreshed', scope) });
      expect(answer.type).toBe('ack');
      const before = client.frames.length;
      await publishMixed('refreshed', 1);
      await upToFence(client, 'refreshed');
      return client.frames.slice(before).filter(({ id, type }) => id?.startsWith('refreshed:') && type !== FENCE).map(({ type }) => type);
    };
    expect(await typesAfter(mask('message'))).toEqual(['message']);
    expect(await typesAfter(mask('order.paid', 'room_update'))).toEqual(['room_update', 'order.paid']);
    expect(await typesAfter('')).toEqual(['message', 'room_update', 'order.paid']);
  });

  it('stays as it was when the token is refused', async () => {
    await createRoom('refused', ['refused']);
    const client = await connect('refused', mask('message'));
    const answer = await client.command('token_refresh', { token: tokenOf('somebody-else', '') });
    expect([answer.type, answer.data.code]).toEqual(['error', 'FORBIDDEN']);
    await publishMixed('refused', 1);
    expect((await upToFence(client, 'refused')).map(({ type }) => type)).toEqual(['message']);
  });
});

describe('a mask and what is no notification', () => {
  it('lets errors and control frames pass', async () => {
    await createRoom('talking', ['talker']);
    const client = await connect('talker', 'receive:unheard_of');
    expect(await client.command('message', { room_id: 'talking', content: 'hello' })).toMatchObject({ type: 'ack' });
    expect(await client.command('message', { room_id: 'elsewhere', content: 'hello' })).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
  });
});
