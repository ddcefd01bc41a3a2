// The receivers of the benchmarks: a run that lost, repeated or reordered a notification is void.
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

interface Results {
  deliveries: number;
  p50: number;
}

interface ReceiversProcess {
  connect(seats: object[]): Promise<Results>;
  expect(count: number, options: { concurrent: boolean }): Promise<{ finished: Promise<Results> }>;
  results(): Promise<Results>;
  stop(): Promise<void>;
}

/** The benchmarks are plain JavaScript, outside of the TypeScript project. */
async function startReceivers(): Promise<ReceiversProcess> {
  const path = new URL('../../bench/receivers/index.mjs', import.meta.url).href;
  const module = (await import(path)) as { startReceivers(options: object): ReceiversProcess };
  return module.startReceivers({ core: 0, stallMs: 500 });
}

describe('the receivers of the benchmarks', () => {
  let server: WebSocketServer;
  let receivers: ReceiversProcess;
  const sockets: WebSocket[] = [];

  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => sockets.push(socket));
    await once(server, 'listening');
    receivers = await startReceivers();
    const { port } = server.address() as AddressInfo;
    await receivers.connect(['first', 'second'].map((client) => ({ url: `ws://127.0.0.1:${port}/`, wire: 'json', room: 0, client })));
  });

  afterEach(async () => {
    await receivers.stop();
    for (const socket of sockets.splice(0)) socket.terminate();
    server.close();
  });

  /** Sends the numbers 0 to 3 to one member of a room, and others to the other one. */
  async function deliver(numbers: number[], concurrent: boolean): Promise<Results> {
    const { finished } = await receivers.expect(4, { concurrent });
    const sent = process.hrtime.bigint() / 1000n;
    [[0, 1, 2, 3], numbers].forEach((some, i) => {
      for (const number of some) sockets[i].send(JSON.stringify({ type: 'message', data: { content: `${number} ${sent} xxx` } }));
    });
    await finished;
    return receivers.results();
  }

  for (const concurrent of [false, true]) {
    describe(concurrent ? 'when publishers overtake each other' : 'when there is one publisher', () => {
      it('count what arrives once and in order', async () => {
        expect((await deliver([0, 1, 2, 3], concurrent)).deliveries).toBe(8);
      });

      it.each([
        ['lost in the middle', [0, 1, 3]],
        ['lost at the end', [0, 1, 2]],
        ['repeated', [0, 1, 1, 2, 3]],
        ['out of order', [0, 2, 1, 3]],
      ])('reject a run with one %s', async (_, numbers) => {
        await expect(deliver(numbers, concurrent)).rejects.toThrow('the run is void');
      });
    });
  }
});
