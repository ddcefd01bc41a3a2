// A process full of receiving clients. Commands come and answers go as messages between processes.
import { createWire } from '../wires/index.mjs';
import { Receiver, Receivers } from './receiver.mjs';
import { WebSocketClient } from './websocket-client.mjs';

/** Nothing received for so long: what is missing will not come. */
const STALL_MS = Number(process.argv[2]);

const receivers = new Receivers();
const clients = [];
const beforeChunk = () => receivers.tick();
let isExpecting = false;
let stallTimer;

receivers.onChange = () => {
  if (isExpecting && (receivers.faults.length > 0 || receivers.finished === receivers.readers)) finish();
};

function finish() {
  isExpecting = false;
  clearInterval(stallTimer);
  process.send({ kind: 'finished', ...results() });
}

function results() {
  const { latencies, faults, finished, deliveries, compressedDeliveries, compressedBytes } = receivers;
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => latencies.percentile(share));
  return { faults: faults.length, firstFaults: faults.slice(0, 5), finished, deliveries, compressedDeliveries, compressedBytes, p50, p99, p999 };
}

function watchForStall() {
  let before = -1;
  stallTimer = setInterval(() => {
    if (receivers.deliveries === before) receivers.fault(`nothing received for ${STALL_MS / 1000} s; ${receivers.finished} of ${receivers.readers} have all`);
    before = receivers.deliveries;
  }, STALL_MS);
}

const commands = {
  /** Opens a connection for each seat, at most `concurrency` at a time. `pending`: counts of what waits for them, to be received at once. */
  async connect({ seats, concurrency, pending }) {
    const made = seats.map((seat) => new Receiver(receivers, seat));
    if (pending !== undefined) commands.expect({ counts: pending, fresh: true, concurrent: false });
    let next = 0;
    const openSome = async () => {
      while (next < seats.length) {
        const receiver = made[next];
        const client = new WebSocketClient(seats[next++], createWire, receiver, beforeChunk);
        clients.push(client);
        await client.open().catch((error) => receiver.fault(error.message));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, openSome));
    process.send({ kind: 'connected', ...results() });
  },
  expect({ counts, fresh, concurrent }) {
    receivers.isConcurrent = concurrent;
    if (fresh) {
      receivers.latencies.reset();
      receivers.deliveries = 0;
      receivers.compressedDeliveries = 0;
      receivers.compressedBytes = 0;
    }
    receivers.expect(counts);
    isExpecting = true;
    watchForStall();
    process.send({ kind: 'expecting' });
    receivers.onChange();
  },
  results() {
    process.send({ kind: 'results', ...results() });
  },
  /** Ends all connections and forgets them. */
  async disconnect({ abrupt }) {
    const ended = clients.map(({ socket }) => (socket.destroyed ? undefined : new Promise((resolve) => socket.once('close', resolve))));
    for (const client of clients) client.close(abrupt);
    await Promise.all(ended);
    clients.length = 0;
    receivers.all.length = 0;
    receivers.orders.clear();
    process.send({ kind: 'disconnected' });
  },
};

process.on('message', (message) => commands[message.kind](message));
process.on('disconnect', () => process.exit(0));
