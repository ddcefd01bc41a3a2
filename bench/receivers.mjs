// Many receiving clients in one process: they check that every notification arrives, once and in order.
import { WebSocket } from 'ws';

const clients = [];
let expected = 0;
let finished = 0;
let faults = 0;
const NUMBER = Buffer.from('"content":"');

/** Reads the number at the beginning of a notification's content. */
function numberOf(data) {
  const start = data.indexOf(NUMBER) + NUMBER.length;
  let value = 0;
  for (let i = start; data[i] >= 48 && data[i] <= 57; i++) value = value * 10 + data[i] - 48;
  return value;
}

function connect(url) {
  return new Promise((resolve, reject) => {
    const client = { next: 0 };
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve(client));
    socket.once('error', reject);
    socket.once('close', () => faults++);
    socket.on('message', (data) => {
      if (data.indexOf(NUMBER) === -1) return;
      if (numberOf(data) !== client.next) faults++;
      if (++client.next === expected) {
        if (++finished === clients.length) process.send({ kind: 'finished', faults });
      }
    });
    client.socket = socket;
    clients.push(client);
  });
}

process.on('message', async ({ kind, urls, count }) => {
  if (kind === 'connect') {
    for (let i = 0; i < urls.length; i += 50) await Promise.all(urls.slice(i, i + 50).map(connect));
    process.send({ kind: 'connected' });
  } else if (kind === 'expect') {
    expected = count;
    finished = 0;
    for (const client of clients) client.next = 0;
    process.send({ kind: 'expecting' });
  }
});
