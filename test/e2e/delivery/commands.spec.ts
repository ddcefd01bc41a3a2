// Commands over the socket: carried out in the order they were sent, answered with their `ref`, faults answered by code.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const server = new ServerProcess();
const isError = ({ type }: Frame): boolean => type === 'error';
let client: RecordingClient;
let room: string;
let speaker: string;
let count = 0;

beforeAll(() => server.start());
afterAll(() => server.destroy());

beforeEach(async () => {
  room = `room-${++count}`;
  speaker = `speaker-${count}`;
  await server.admin.createRoom({ id: room, members: [speaker] });
  client = await new RecordingClient(server, speaker).connect();
  await client.next('connected', ({ type }) => type === 'connected');
  return () => client.cut();
});

describe('a message command', () => {
  it('is answered with the message and its place in the order, and delivered to the members', async () => {
    const answer = await client.command('message', { room_id: room, content: 'Hello, world!', metadata: { mood: 'good', toString: ['a'] } });
    const { seq, ...message } = answer.data;
    expect(answer).toEqual({ type: 'ack', ref: '1', data: expect.any(Object) as object });
    expect(answer.data).toEqual({
      id: expect.any(String) as string,
      room_id: room,
      client_id: speaker,
      content: 'Hello, world!',
      timestamp: expect.stringMatching(/Z$/) as string,
      // With keys that objects have as methods.
      metadata: { mood: 'good', toString: ['a'] },
      seq: 1,
    });
    await client.until('the message itself', () => client.frames.some(({ type }) => type === 'message'));
    expect(client.frames.find(({ type }) => type === 'message')).toEqual({ type: 'message', id: `${room}:1`, seq, data: message });
  });

  it('of two hundred sent without waiting takes its place in the order in which they were sent', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => client.command('message', { room_id: room, content: String(index) })));
    expect(answers.map(({ data }) => [data.content, data.seq])).toEqual(Array.from({ length: 200 }, (_, index) => [String(index), index + 1]));
    const acks = client.frames.filter(({ type }) => type === 'ack').map(({ ref }) => Number(ref));
    expect(acks).toEqual([...acks].sort((a, b) => a - b));
  });

  it('with the id of an earlier one is answered with the first result, and delivered once', async () => {
    const first = await client.command('message', { room_id: room, id: 'chosen', content: 'the first' });
    const second = await client.command('message', { room_id: room, id: 'chosen', content: 'the second' });
    expect(second.data).toEqual(first.data);
    await client.command('message', { room_id: room, content: 'a third' });
    await client.until('the third', () => client.frames.some(({ type, data }) => type === 'message' && data.content === 'a third'));
    expect(client.frames.filter(({ type }) => type === 'message').map(({ data }) => data.content)).toEqual(['the first', 'a third']);
  });

  it('to a room of others, or to none, is answered alike', async () => {
    await server.admin.createRoom({ id: `${room}-of-others`, members: ['somebody'] });
    const answers = [];
    for (const room_id of [`${room}-of-others`, `${room}-that-is-not`]) answers.push(await client.command('message', { room_id, content: 'hello?' }));
    for (const answer of answers) expect(answer).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
    expect(answers[0].data.message).toBe(answers[1].data.message);
  });

  it('without content is refused, with its ref', async () => {
    const answer = await client.command('message', { room_id: room });
    expect(answer).toMatchObject({ type: 'error', ref: '1', data: { code: 'VALIDATION_ERROR', timestamp: expect.stringMatching(/Z$/) as string } });
  });

  it('with unknown fields is taken without them', async () => {
    const answer = await client.command('message', { room_id: room, content: 'hello', client_id: 'somebody-else', urgent: true });
    expect(answer).toMatchObject({ type: 'ack', data: { client_id: speaker } });
    expect(answer.data).not.toHaveProperty('urgent');
  });
});

describe('a ping command', () => {
  it('is answered with pong', async () => {
    client.send({ type: 'ping' });
    expect(await client.next('pong', ({ type }) => type === 'pong')).toEqual({ type: 'pong', data: {} });
  });

  it('is answered with its ref', async () => {
    client.send({ type: 'ping', ref: 'p' });
    expect(await client.next('pong', ({ type }) => type === 'pong')).toEqual({ type: 'pong', ref: 'p', data: {} });
  });
});

describe('a frame that cannot be understood', () => {
  it.each([
    { what: 'that is no JSON', frame: 'Hello!', code: 'INVALID_FRAME' },
    { what: 'that is no object', frame: '[1]', code: 'INVALID_FRAME' },
    { what: 'without a type', frame: '{"data":{}}', code: 'INVALID_FRAME' },
    { what: 'of an unknown type', frame: '{"type":"dance"}', code: 'UNKNOWN_TYPE' },
    { what: 'that nests 100 levels deep', frame: `{"type":"ping","data":${'['.repeat(100)}${']'.repeat(100)}}`, code: 'INVALID_FRAME' },
    { what: 'that nests 30,000 levels deep', frame: `{"type":"ping","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, code: 'INVALID_FRAME' },
    { what: 'that reaches for a prototype', frame: '{"type":"ping","data":{"__proto__":{"admin":true}}}', code: 'INVALID_FRAME' },
  ])('$what is answered with $code, and the connection goes on', async ({ frame, code }) => {
    client.send(frame);
    expect((await client.next('the error', isError)).data).toMatchObject({ code, message: expect.any(String) as string });
    client.send({ type: 'ping' });
    await client.next('pong', ({ type }) => type === 'pong');
  });

  it.each([
    { what: 'without a type', frame: '{"ref":"r"}', ref: 'r' },
    { what: 'with a type that is no string', frame: '{"type":5,"ref":"r"}', ref: 'r' },
    { what: 'that reaches for a prototype', frame: '{"type":"ping","ref":"r","data":{"constructor":{}}}', ref: 'r' },
    { what: 'of an unknown type', frame: '{"type":"dance","ref":"r"}', ref: 'r' },
    { what: 'with a ref that is too long', frame: `{"type":"ping","ref":"${'r'.repeat(65)}"}`, ref: undefined },
  ])('$what is answered with its ref where that can be echoed', async ({ frame, ref }) => {
    client.send(frame);
    expect((await client.next('the error', isError)).ref).toBe(ref);
  });

  it('in binary is answered with INVALID_FRAME', async () => {
    client.webSocket.send(Buffer.from('{"type":"ping"}'));
    expect((await client.next('the error', isError)).data.code).toBe('INVALID_FRAME');
  });

  it('larger than MAX_PAYLOAD_BYTES closes the connection with 1009', async () => {
    client.send({ type: 'message', data: { room_id: room, content: 'x'.repeat(70_000) } });
    expect(await client.ending()).toMatchObject({ code: 1009 });
  });
});
