// What a client has sent, and the server has not carried out yet, when the client loses the right to it: nothing of it is carried out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { type Claims, signToken } from '../support/tokens.js';

const LIMIT = 2;
const HELD = 2;
const WINDOW_SECONDS = 3;
const FLOOD = 20_000;

const server = new ServerProcess({
  RATE_LIMIT_MAX: String(LIMIT),
  RATE_LIMIT_WINDOW_SECONDS: String(WINDOW_SECONDS),
  RATE_LIMIT_OVERFLOW: 'queue',
  PUBLISH_RATE_LIMIT_MAX: '0',
  JWT_CLOCK_TOLERANCE_SECONDS: '0',
});

beforeAll(() => server.start());
afterAll(() => server.destroy());

const connect = (sub: string, claims: Partial<Claims> = {}): Promise<RecordingClient> =>
  new RecordingClient(server, sub, { token: signToken({ sub, ...claims }) }).connect();

/** The contents of a room's messages, in order. */
async function contents(room: string): Promise<string[]> {
  const { body } = await server.admin.request<{ items: { type: string; data: { content: string } }[] }>('GET', `/rooms/${room}/messages?limit=200`);
  return body.items.filter(({ type }) => type === 'message').map(({ data }) => data.content);
}

/** Sends what fits, and more, which is held; resolves when the server has read all of it. */
async function sendTooMuch(client: RecordingClient, room: string): Promise<void> {
  for (let index = 0; index < LIMIT + HELD; index++) client.send({ type: 'message', ref: `m${index}`, data: { room_id: room, content: `${client.clientId} ${index}` } });
  client.send({ type: 'ping' });
  await client.next('pong', ({ type }) => type === 'pong');
}

describe('messages that are held', () => {
  it('are not sent for a token that was revoked or has expired, nor into a room that the client was removed from or that is gone', async () => {
    const names = ['revoked', 'expired', 'removed', 'roomless', 'untouched'];
    await server.admin.createRoom({ id: 'held', members: names });
    await server.admin.createRoom({ id: 'gone', members: names });
    const soon = Math.ceil(Date.now() / 1000) + WINDOW_SECONDS - 1;
    const [revoked, expired, removed, roomless, untouched] = await Promise.all(
      names.map((name) => connect(name, { jti: name, ...(name === 'expired' && { exp: soon }) })),
    );
    for (const client of [revoked, expired, removed]) await sendTooMuch(client, 'held');
    await sendTooMuch(roomless, 'gone');
    await sendTooMuch(untouched, 'held');

    expect((await server.admin.request('POST', '/tokens/revoke', { jti: 'revoked' })).status).toBe(204);
    expect((await server.admin.removeMember('held', 'removed')).status).toBe(204);
    expect((await server.admin.deleteRoom('gone')).status).toBe(204);
    expect([(await revoked.ending()).code, (await expired.ending()).code]).toEqual([4401, 4401]);

    // Its messages were held last, so those of the others would have been sent by then.
    const answers = (client: RecordingClient): unknown[] => client.frames.filter(({ ref }) => ref !== undefined).map(({ data }) => data.code ?? 'sent');
    for (const client of [removed, roomless, untouched]) await client.until('all answers', () => answers(client).length === LIMIT + HELD);
    expect(answers(untouched)).toEqual(['sent', 'sent', 'sent', 'sent']);
    for (const client of [removed, roomless]) expect(answers(client)).toEqual(['sent', 'sent', 'ROOM_NOT_FOUND', 'ROOM_NOT_FOUND']);
    const said = await contents('held');
    for (const name of ['revoked', 'expired', 'removed']) expect(said.filter((content) => content.startsWith(name))).toEqual([`${name} 0`, `${name} 1`]);
  });
});

describe('a flood that is under way', () => {
  it.each([
    ['banned', 4403, (sub: string) => server.admin.request('PUT', `/bans/${sub}`, { seconds: 60 })],
    ['revoked', 4401, (sub: string) => server.admin.request('POST', '/tokens/revoke', { client_id: sub })],
    ['closed', 4001, (sub: string) => server.admin.request('DELETE', `/clients/${sub}/connections`)],
  ])('is over when the answer comes that the backend is %s', async (how, code, end) => {
    const room = `flooded-${how}`;
    const sub = `flooding-${how}`;
    await server.admin.createRoom({ id: room, members: [sub] });
    const client = await connect(sub, { scope: 'publish' });
    for (let sent = 0; sent < FLOOD; sent++) client.send({ type: 'message', data: { room_id: room, content: `${sent}` } });
    await client.next('a message', ({ type }) => type === 'message');
    expect((await end(sub)).status).toBeLessThan(300);
    const { last_seq: atAnswer } = (await server.admin.room(room)).body;
    expect((await client.ending()).code).toBe(code);
    expect(atAnswer).toBeLessThan(FLOOD);
    expect((await server.admin.room(room)).body.last_seq).toBe(atAnswer);
  });
});

describe('ids that are names of every object', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s is an id like any other, of a tenant, client, device, room and message', async (name) => {
    const admin = server.api(signToken({ sub: 'admin', scope: 'admin', tenant: name }));
    expect((await admin.createRoom({ id: name, members: [name] })).status).toBe(201);
    const client = await new RecordingClient(server, name, { token: signToken({ sub: name, tenant: name }), device: name }).connect();
    const message = { room_id: name, content: 'hello', id: name };
    expect(await client.command('message', message)).toMatchObject({ type: 'ack', data: { id: name, room_id: name, client_id: name, seq: 1 } });
    expect(await client.command('message', message)).toMatchObject({ type: 'ack', data: { seq: 1 } });
    expect((await admin.notifyRoom(name, name.toLowerCase(), { [`${name}_`]: 1 })).status).toBe(201);
    await client.next('the notification', ({ seq }) => seq === 2);
    await eventually('its presence', async () => (await admin.presence(name)).body.status === 'online');
    expect((await admin.request('PUT', `/bans/${name}`, { seconds: 60 })).status).toBe(200);
    expect((await client.ending()).code).toBe(4403);
    expect((await admin.request('DELETE', `/bans/${name}`)).status).toBe(204);
  });
});
