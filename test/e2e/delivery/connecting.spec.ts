// Connecting: where the token stands, who is let in, and what the two modes of a connection show.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import type { Frame } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

interface Attempt {
  protocol: string;
  frames: Frame[];
  /** Undefined when the connection stays open until its first frame, or until it answered a ping. */
  code: number | undefined;
}

/** Connects in whatever way, and reports what it came to. */
async function attempt(query: string, protocols: string[] = [], options: ClientOptions = {}): Promise<Attempt> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws${query}`, protocols, options);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as Frame));
  await once(socket, 'open');
  socket.ping();
  const code = await Promise.race([once(socket, 'pong').then(() => undefined), once(socket, 'close').then(([closeCode]) => closeCode as number)]);
  return { protocol: socket.protocol, frames, code };
}

describe('a token', () => {
  const token = signToken({ sub: 'alice' });

  it.each([
    { where: 'in the query', connect: () => attempt(`?token=${token}`) },
    { where: 'in the Authorization header', connect: () => attempt('', [], { headers: { authorization: `Bearer ${token}` } }) },
    { where: 'among the subprotocols', connect: () => attempt('', ['chatapi.v1', `bearer.${token}`]) },
    { where: 'in two places, if it is the same', connect: () => attempt(`?token=${token}`, [], { headers: { authorization: `Bearer ${token}` } }) },
  ])('is taken $where', async ({ connect }) => {
    expect(await connect()).toMatchObject({ code: undefined });
  });

  it('among the subprotocols is answered with chatapi.v1 alone', async () => {
    expect(await attempt('', ['chatapi.v1', `bearer.${token}`])).toMatchObject({ protocol: 'chatapi.v1' });
  });

  it.each([
    { what: 'that is missing', connect: () => attempt('') },
    { what: 'that is nonsense', connect: () => attempt('?token=nonsense') },
    { what: 'that is signed with another secret', connect: () => attempt(`?token=${signToken({ sub: 'alice' }, 'some other secret, also long enough')}`) },
    { what: 'that has expired', connect: () => attempt(`?token=${signToken({ sub: 'alice', exp: 1_700_000_000 })}`) },
    { what: 'whose sub is no client id', connect: () => attempt(`?token=${signToken({ sub: 'a\r\nb' })}`) },
    {
      what: 'that another one contradicts',
      connect: () => attempt(`?token=${token}`, [], { headers: { authorization: `Bearer ${signToken({ sub: 'bob' })}` } }),
    },
  ])('$what is answered with one error frame and close code 4401', async ({ connect }) => {
    const { frames, code } = await connect();
    expect(code).toBe(4401);
    expect(frames).toEqual([
      {
        type: 'error',
        data: { code: 'CONNECTION_ERROR', message: 'Authentication failed', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string },
      },
    ]);
  });

  it('is in no line of the log', () => {
    expect(server.output).not.toContain(token.slice(0, 40));
    expect(server.output).not.toContain(token.split('.')[2]);
  });
});

describe('a connection in plain mode', () => {
  it('gets no control frames: its commands are carried out without an answer', async () => {
    await server.admin.createRoom({ id: 'plain', members: ['simple'] });
    const client = await new RecordingClient(server, 'simple', { plain: true }).connect();
    expect(client.protocol).toBe('');
    client.send({ type: 'ping' });
    client.send({ type: 'presence', data: { status: 'online' } });
    client.send({ type: 'message', ref: '1', data: { room_id: 'plain', content: 'hello' } });
    await client.next('its own message', ({ type }) => type === 'message');
    client.send({ type: 'dance', ref: '2' });
    await client.next('the error', ({ type }) => type === 'error');
    expect(client.frames.map(({ type }) => type)).toEqual(['message', 'error']);
    await client.closeCleanly();
  });
});

describe('a connection in chatapi.v1', () => {
  it('gets connected before everything else', async () => {
    await server.admin.createRoom({ id: 'greeted', members: ['newcomer'] });
    await server.admin.publish('greeted', { content: 'waiting' });
    const client = await new RecordingClient(server, 'newcomer', { device: 'phone' }).connect();
    await client.next('the message', ({ type }) => type === 'message');
    expect(client.protocol).toBe('chatapi.v1');
    expect(client.frames[0]).toEqual({
      type: 'connected',
      data: {
        client_id: 'newcomer',
        connection_id: expect.any(String) as string,
        device: 'phone',
        heartbeat_interval: 25,
        resumed: false,
        queued: 1,
        dropped: 0,
      },
    });
    await client.closeCleanly();
  });
});

describe('tenants', () => {
  it('never meet: the same room and client of another tenant are others', async () => {
    const elsewhere = server.api(signToken({ sub: 'admin', scope: 'admin', tenant: 'elsewhere' }));
    for (const api of [server.admin, elsewhere]) expect((await api.createRoom({ id: 'same-name', members: ['twin'] })).status).toBe(201);
    const here = await new RecordingClient(server, 'twin').connect();
    const there = await new RecordingClient(server, 'twin', { token: signToken({ sub: 'twin', tenant: 'elsewhere' }) }).connect();
    await server.admin.publish('same-name', { content: 'here' });
    await elsewhere.publish('same-name', { content: 'there' });
    await here.next('its message', ({ type }) => type === 'message');
    await there.next('its message', ({ type }) => type === 'message');
    const contents = (client: RecordingClient): unknown[] => client.frames.filter(({ type }) => type === 'message').map(({ data }) => data.content);
    expect([contents(here), contents(there)]).toEqual([['here'], ['there']]);
    await Promise.all([here.closeCleanly(), there.closeCleanly()]);
  });
});
