// Clients that measure how long notifications take to arrive, and clients that never read, in one process.
import { connect } from 'node:net';
import { WebSocket } from 'ws';

const SEQ = Buffer.from('"seq":');
const CONTENT = Buffer.from('"content":"');
/** Notifications at the beginning that are not measured: code gets compiled, and what is kept for those who do not read fills up. */
const WARM_UP = 1000;
const latencies = [];
let expected = 0;
let finished = 0;
let readers = 0;

/** The text behind a marker, up to the next character that is no digit. */
function digitsBehind(data, marker) {
  const start = data.indexOf(marker) + marker.length;
  let end = start;
  while (data[end] >= 48 && data[end] <= 57) end++;
  return data.toString('latin1', start, end);
}

/** The content begins with when it was sent: nanoseconds of the machine's monotonic clock. */
function receive(client, data) {
  if (data.includes('"QUEUE_OVERFLOW"')) return fail();
  if (!data.includes(CONTENT)) return;
  if (client.received >= WARM_UP) latencies.push(Number(process.hrtime.bigint() - BigInt(digitsBehind(data, CONTENT))) / 1e6);
  if (Number(digitsBehind(data, SEQ)) !== ++client.received) fail();
  else if (client.received === expected && ++finished === readers) process.send({ kind: 'finished', latencies });
}

/** Something was lost, repeated or out of order, or a connection ended: there is nothing more to be measured. */
function fail() {
  process.send({ kind: 'finished', latencies: undefined });
}

function connectReader(url) {
  return new Promise((resolve, reject) => {
    const client = { received: 0 };
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('close', fail);
    socket.on('message', (data) => receive(client, data));
  });
}

/** A bare socket, which is not read from once its upgrade is answered. */
function connectSlow(url) {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const head = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n${head.join('\r\n')}\r\n\r\n`);
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.pause();
      if (data.toString('latin1', 9, 12) === '101') resolve();
      else reject(new Error(`upgrade refused: ${data.toString('latin1', 0, 30)}`));
    });
  });
}

async function connectAll(urls, open) {
  for (let i = 0; i < urls.length; i += 50) await Promise.all(urls.slice(i, i + 50).map(open));
}

process.on('message', async (message) => {
  if (message.kind !== 'connect') return;
  expected = message.count;
  readers = message.readers.length;
  await connectAll(message.readers, connectReader);
  await connectAll(message.slow, connectSlow);
  process.send({ kind: 'connected' });
});
