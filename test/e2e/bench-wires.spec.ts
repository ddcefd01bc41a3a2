// What the benchmarks' receivers read of brokers and of compressed messages: every notification, wherever the server cuts its bytes.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import mqtt from 'mqtt-packet';
import { type WebSocket, WebSocketServer } from 'ws';

interface Wire {
  greet(): void;
  read(bytes: Buffer, start: number, end: number): void;
}

interface WireClient {
  receiver: { notification(bytes: Buffer, offset: number): void; fault(reason: string): void };
  send(payload: Buffer): void;
  ready(): void;
}

interface ReceiversProcess {
  connect(seats: object[]): Promise<unknown>;
  connectAndReceive(seats: object[], count: number, concurrency: number): Promise<{ deliveries: number; compressedDeliveries: number }>;
  expect(count: number): Promise<{ finished: Promise<{ deliveries: number; compressedDeliveries: number }> }>;
  stop(): Promise<void>;
}

/** The benchmarks are plain JavaScript, outside of the TypeScript project. */
async function bench<T>(path: string): Promise<T> {
  return (await import(new URL(`../../bench/${path}`, import.meta.url).href)) as T;
}

const notification = (number: number): string => JSON.stringify({ type: 'message', data: { content: `${number} 1 xxx` } });

/** Gives a wire these bytes in WebSocket messages that end at `cut` and at the end, and tells what came of it. */
async function read(seat: object, bytes: Buffer, cut: number): Promise<{ numbers: string[]; faults: string[]; sent: Buffer[]; isReady: boolean }> {
  const { createWire } = await bench<{ createWire: (seat: object, client: WireClient) => Wire }>('wires/index.mjs');
  const result = { numbers: [] as string[], faults: [] as string[], sent: [] as Buffer[], isReady: false };
  const wire = createWire(seat, {
    receiver: {
      notification: (at, offset) => result.numbers.push(at.toString('utf8', offset, at.indexOf(' ', offset))),
      fault: (reason) => result.faults.push(reason),
    },
    send: (payload) => result.sent.push(payload),
    ready: () => (result.isReady = true),
  });
  for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
    // As the receivers do: in the middle of a buffer that is used again for whatever comes next.
    const shared = Buffer.alloc(bytes.length + 8, 'M');
    part.copy(shared, 4);
    wire.read(shared, 4, 4 + part.length);
    shared.fill(0);
  }
  return result;
}

const publication = (number: number, qos: 0 | 1): Buffer =>
  mqtt.generate({ cmd: 'publish', topic: 'room0', payload: notification(number), qos, dup: false, retain: false, ...(qos === 1 && { messageId: number + 1 }) });

describe('the wire of NATS', () => {
  const bytes = Buffer.from(
    `INFO {}\r\nPONG\r\n${[0, 1, 2].map((number) => `MSG room.0 1 ${notification(number).length}\r\n${notification(number)}\r\n`).join('')}PING\r\n`,
  );

  it('reads all messages, wherever they are cut', async () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { numbers, faults, sent, isReady } = await read({ wire: 'nats', subject: 'room.0' }, bytes, cut);
      expect({ cut, numbers, faults, isReady, sent: sent.map(String) }).toEqual({ cut, numbers: ['0', '1', '2'], faults: [], isReady: true, sent: ['PONG\r\n'] });
    }
  });

  it('takes an error for a fault', async () => {
    expect((await read({ wire: 'nats', subject: 'room.0' }, Buffer.from(`-ERR 'Slow Consumer'\r\n`), 0)).faults).toHaveLength(1);
  });
});

describe('the wire of MQTT', () => {
  const seat = { wire: 'mqtt', topic: 'room0', client: 'alice', qos: 1, persistent: true };
  const accepted = mqtt.generate({ cmd: 'connack', returnCode: 0, sessionPresent: true });
  const bytes = Buffer.concat([accepted, publication(0, 1), publication(1, 0), publication(2, 1)]);

  it('reads all packets, wherever they are cut, and acknowledges those of QoS 1', async () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { numbers, faults, sent, isReady } = await read(seat, bytes, cut);
      expect({ cut, numbers, faults, isReady, sent: Buffer.concat(sent).toString('hex') }).toEqual({
        cut,
        numbers: ['0', '1', '2'],
        faults: [],
        isReady: true,
        sent: '4002000140020003',
      });
    }
  });

  it('takes a refusal for a fault', async () => {
    expect((await read(seat, mqtt.generate({ cmd: 'connack', returnCode: 5, sessionPresent: false }), 0)).faults).toHaveLength(1);
  });
});

describe('the inflater', () => {
  /** What a server sends that compresses with context takeover (RFC 7692 §7.2.1): each message's stream without the four bytes at its end. */
  function compressedInOneContext(messages: string[]): Buffer[] {
    return messages.map((message, i) => {
      const dictionary = Buffer.from(messages.slice(0, i).join(''));
      return deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, ...(i > 0 && { dictionary }) }).subarray(0, -4);
    });
  }

  it('does not take equal bytes for the same when what came before was different', async () => {
    const { Inflater } = await bench<{ Inflater: new (keepsContext: boolean) => { inflate(bytes: Buffer, start: number, end: number): Buffer } }>(
      'receivers/inflater.mjs',
    );
    // zlib finds no match at a window's first byte, so that this one is alike.
    const [one, other] = ['one', 'other'].map((text) => `.${createHash('sha512').update(text).digest('hex')}`);
    const [ones, others] = [compressedInOneContext([one, one, one]), compressedInOneContext([other, other, other])];
    expect(others[1]).toEqual(ones[1]);
    const [first, second] = [new Inflater(true), new Inflater(true)];
    expect(ones.map((bytes) => String(first.inflate(bytes, 0, bytes.length)))).toEqual([one, one, one]);
    expect(others.map((bytes) => String(second.inflate(bytes, 0, bytes.length)))).toEqual([other, other, other]);
  });
});

describe('receivers that negotiated compression', () => {
  const text = 'the room has a new message '.repeat(80);
  let server: WebSocketServer;
  let receivers: ReceiversProcess;
  let sockets: WebSocket[];

  async function start(offer: string): Promise<void> {
    sockets = [];
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 1024 } });
    server.on('connection', (socket) => sockets.push(socket));
    await once(server, 'listening');
    receivers = (await bench<{ startReceivers: (options: object) => ReceiversProcess }>('receivers/index.mjs')).startReceivers({ core: 0, stallMs: 2000 });
    const { port } = server.address() as AddressInfo;
    const headers = { 'Sec-WebSocket-Extensions': offer };
    await receivers.connect(['first', 'second', 'third'].map((client) => ({ url: `ws://127.0.0.1:${port}/`, wire: 'json', room: 0, client, headers })));
  }

  afterEach(async () => {
    await receivers.stop();
    for (const socket of sockets) socket.terminate();
    server.close();
  });

  const send = (socket: WebSocket, number: number, padding: string): void =>
    socket.send(JSON.stringify({ type: 'message', data: { content: `${number} 1 ${number}${padding}` } }));

  for (const offer of ['permessage-deflate; server_no_context_takeover; client_no_context_takeover', 'permessage-deflate']) {
    it(`inflate what comes to all alike and what does not, with ${offer}`, async () => {
      await start(offer);
      const { finished } = await receivers.expect(20);
      for (let number = 0; number < 20; number++) {
        sockets.forEach((socket, i) => send(socket, number, i === 2 && number === 7 ? text.toUpperCase() : text));
      }
      expect(await finished).toMatchObject({ deliveries: 60, compressedDeliveries: 60 });
    });

    it(`reject a run in which one got another notification, with ${offer}`, async () => {
      await start(offer);
      const { finished } = await receivers.expect(4);
      for (const number of [0, 1, 2, 3]) sockets.forEach((socket, i) => send(socket, i === 1 && number === 2 ? 1 : number, text));
      await expect(finished).rejects.toThrow('the run is void');
    });
  }
});

describe('receivers that come back', () => {
  it('count what has waited for them, from the first bytes on', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => [0, 1, 2].forEach((number) => socket.send(notification(number))));
    await once(server, 'listening');
    const { startReceivers } = await bench<{ startReceivers: (options: object) => ReceiversProcess }>('receivers/index.mjs');
    const receivers = startReceivers({ core: 0, stallMs: 2000 });
    try {
      const { port } = server.address() as AddressInfo;
      const seats = ['first', 'second'].map((client) => ({ url: `ws://127.0.0.1:${port}/`, wire: 'json', room: 0, client }));
      expect((await receivers.connectAndReceive(seats, 3, 1)).deliveries).toBe(6);
    } finally {
      await receivers.stop();
      for (const socket of server.clients) socket.terminate();
      server.close();
    }
  });
});
