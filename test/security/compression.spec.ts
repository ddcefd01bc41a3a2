// Attacks by compressed frames, and what clients may send compressed: bounded in memory, and nothing is kept for those who are quiet.
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientFrame, Opcode } from '../support/client-frame.js';
import { ProbedServer } from '../support/probed-server.js';
import { RawClient } from '../support/raw-client.js';
import { RecordingClient } from '../support/recording-client.js';
import { signToken } from '../support/tokens.js';

const MAX_PAYLOAD_BYTES = 65_536;
const MIB = 1024 * 1024;
const RSV1 = 4;
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };

const server = new ProbedServer({
  MAX_PAYLOAD_BYTES: String(MAX_PAYLOAD_BYTES),
  MAX_CONNECTIONS_PER_CLIENT: '0',
  CONTROL_RATE_LIMIT_MAX: '10000000',
});
let clients: RawClient[] = [];

beforeAll(async () => {
  await server.start();
  await server.admin.createRoom({ id: 'r', members: ['mallory', 'ann'] });
});
afterAll(() => server.destroy());
afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  clients = [];
  expect((await fetch(`${server.origin}/ws/health`)).status).toBe(200);
});

/** One that has negotiated compression, and has its queue open. */
async function mallory(): Promise<RawClient> {
  const client = await new RawClient({ port: server.port, token: signToken({ sub: 'mallory' }), headers: OFFER }).opened();
  clients.push(client);
  return client;
}

/** RFC 7692 §7.2.1. */
const deflated = (message: Buffer | string): Buffer => deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
const text = (payload: Buffer, fin = true): Buffer => clientFrame(Opcode.Text, payload, { reserved: RSV1, fin });
const more = (payload: Buffer, fin: boolean, reserved = 0): Buffer => clientFrame(Opcode.Continuation, payload, { fin, reserved });

async function outcomeOf(...bytes: readonly Buffer[]): Promise<string> {
  const client = await mallory();
  client.sendBytes(Buffer.concat(bytes));
  return (await client.ended()).outcome;
}

const pongsOf = ({ frames }: RawClient): number => frames.filter(({ type }) => type === 'pong').length;

/** Waits until everything sent before has been handled. */
async function handled(client: RawClient): Promise<void> {
  client.send({ type: 'presence', ref: 'last', data: { status: 'online' } });
  await client.until('an ack', () => client.frames.some(({ type, ref }) => type === 'ack' && ref === 'last'));
}

const errorsOf = ({ frames }: RawClient): unknown[] => frames.filter(({ type }) => type === 'error').map(({ data }) => data.code);

/** A message that inflates to 64 MiB and is small enough for a frame. */
const bomb = deflated(Buffer.alloc(60 * MIB));

describe('what a client sends compressed', () => {
  it('is understood, whole and in fragments, among frames that are not compressed, and in order', async () => {
    const client = await mallory();
    const message = (content: string): string => JSON.stringify({ type: 'message', ref: content.slice(0, 5), data: { room_id: 'r', content } });
    const split = deflated(message('third, in fragments'));
    client.sendBytes(
      Buffer.concat([
        text(deflated(message('first, compressed'))),
        clientFrame(Opcode.Text, message('secnd, as it is')),
        text(split.subarray(0, 10), false),
        clientFrame(Opcode.Ping, 'between'),
        more(split.subarray(10, 11), false),
        more(Buffer.alloc(0), false),
        more(split.subarray(11), true),
        clientFrame(Opcode.Text, message('forth')),
        text(Buffer.concat([deflateRawSync(message('fifth, with a final block')), Buffer.of(0)])),
      ]),
    );
    await client.until('all acks', () => client.frames.filter(({ type }) => type === 'ack').length === 5);
    expect(client.frames.filter(({ type }) => type === 'ack').map(({ ref }) => ref)).toEqual(['first', 'secnd', 'third', 'forth', 'fifth']);
    expect(errorsOf(client)).toEqual([]);
  });

  it('may be as large as MAX_PAYLOAD_BYTES, inflated', async () => {
    const frame = (bytes: number): string => '{"type":"ping","x":""}'.replace('""', `"${'x'.repeat(bytes - 22)}"`);
    const client = await mallory();
    client.sendBytes(text(deflated(frame(MAX_PAYLOAD_BYTES))));
    await handled(client);
    expect(pongsOf(client)).toBe(1);
    expect(await outcomeOf(text(deflated(frame(MAX_PAYLOAD_BYTES + 1))))).toBe('closed with 1009');
  });

  it('comes from a real client too, with any window', async () => {
    for (const clientMaxWindowBits of [9, 10, 15]) {
      const client = await new RecordingClient(server, 'ann', { compression: { clientMaxWindowBits, threshold: 0 } }).connect();
      const contents = Array.from({ length: 5 }, (_, i) => `${i} ${randomBytes(2_000).toString('hex')}`);
      const acks = await Promise.all(contents.map((content) => client.command('message', { room_id: 'r', content })));
      expect(acks.map(({ data }) => data.content)).toEqual(contents);
      await client.closeCleanly();
    }
  });
});

describe('attacks', () => {
  it('close the connection with the code that RFC 6455 has for them', async () => {
    const halves = [bomb.subarray(0, 30_000), bomb.subarray(30_000)];
    const attacks: Record<string, [outcome: string, ...bytes: Buffer[]]> = {
      'a bomb': ['closed with 1009', text(bomb)],
      'a bomb in fragments': ['closed with 1009', text(halves[0], false), more(halves[1], true)],
      'fragments of more than a frame may hold': ['closed with 1009', text(randomBytes(40_000), false), more(randomBytes(40_000), true)],
      'what is not compressed': ['closed with 1007', text(Buffer.from('{"type":"ping"}'))],
      'a block of a type that there is not': ['closed with 1007', text(Buffer.of(0xff, 0xff))],
      'a reference to before the beginning': ['closed with 1007', text(Buffer.of(0x4b, 0x04, 0xc2, 0x00, 0x00))],
      'compressed text that is no UTF-8': ['closed with 1007', text(deflated(Buffer.of(0xff, 0xfe)))],
      'a compressed ping': ['closed with 1002', clientFrame(Opcode.Ping, deflated('x'), { reserved: RSV1 })],
      'a continuation that says it is compressed': ['closed with 1002', text(deflated('{}'), false), more(Buffer.alloc(1), true, RSV1)],
      RSV2: ['closed with 1002', clientFrame(Opcode.Text, '{}', { reserved: 2 })],
    };
    const outcomes = await Promise.all(Object.values(attacks).map(([, ...bytes]) => outcomeOf(...bytes)));
    expect(Object.fromEntries(Object.keys(attacks).map((name, i) => [name, outcomes[i]]))).toEqual(
      Object.fromEntries(Object.entries(attacks).map(([name, [outcome]]) => [name, outcome])),
    );
  });

  it('a message that refers to the one before is not understood: no window is kept from one to the next', async () => {
    const client = await mallory();
    const [first, second] = [`{"type":"ping","ref":"${'abcdefgh'.repeat(8)}"}`, `{"type":"ping","ref":"${'abcdefgh'.repeat(7)}"}`];
    client.sendBytes(text(deflated(first)));
    await handled(client);
    client.sendBytes(text(deflateRawSync(second, { dictionary: Buffer.from(first), finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)));
    expect((await client.ended()).outcome).toBe('closed with 1007');
  });

  it('an empty compressed message is an invalid frame, as an empty one is', async () => {
    const client = await mallory();
    client.sendBytes(Buffer.concat([text(Buffer.of(0)), text(Buffer.alloc(0))]));
    await handled(client);
    expect(errorsOf(client)).toEqual(['INVALID_FRAME', 'INVALID_FRAME']);
  });

  it('a hundred bombs at once take little memory', async () => {
    const before = (await server.memory()).peakRss;
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcomeOf(text(bomb))));
    expect(new Set(outcomes)).toEqual(new Set(['closed with 1009']));
    expect((await server.memory()).peakRss - before).toBeLessThan(64 * MIB);
  });

  it('a thousand empty blocks a frame hold up nobody: inflating is not the event loop’s work', async () => {
    const flood = Array.from({ length: 8 }, () => mallory());
    const empty = text(Buffer.concat(Array.from({ length: 13_000 }, () => Buffer.of(0, 0, 0, 0xff, 0xff))));
    for (const client of await Promise.all(flood)) client.sendBytes(empty);
    const ann = await new RecordingClient(server, 'ann').connect();
    await server.admin.publish('r', { content: 'undisturbed' });
    await ann.next('undisturbed', ({ data }) => data.content === 'undisturbed');
    for (const client of await Promise.all(flood)) await handled(client);
    await ann.closeCleanly();
  });
});

describe('a client that has sent something compressed and is quiet', () => {
  it('costs no memory for inflating, nor does half a message', async () => {
    const quiet = await Promise.all(Array.from({ length: 150 }, () => mallory()));
    for (const client of quiet) await handled(client);
    const before = await server.heldBytes();
    for (const client of quiet) client.sendBytes(Buffer.concat([text(deflated('{"type":"ping"}')), text(deflated('{"type":"ping"}').subarray(0, 5), false)]));
    for (const client of quiet) await client.until('a pong', () => pongsOf(client) === 1);
    expect((await server.heldBytes()) - before).toBeLessThan(quiet.length * 8 * 1024);
  });
});
