// This server: tokens verified, membership decided at each publish, everything stored, acknowledgements on.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_CORE, startPinned } from '../child.mjs';
import { HttpClient } from '../http-client.mjs';
import { signToken } from '../hs256.mjs';

const SCRIPT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 30_000;
/** The most items of one `POST /publish`, and the most members that a room is made with or gets at once. */
const MAX_ITEMS = 1000;

/**
 * Starts the server with its default settings, but for the limit on publishing, which still counts.
 *
 * @param durability `os` or `fsync`
 * @param options nodeOptions: for Node itself, env: further settings
 */
export async function startChatapi(durability, { nodeOptions = [], env = {} } = {}) {
  const secret = randomBytes(32).toString('hex');
  const dataDir = mkdtempSync(join(tmpdir(), 'chatapi-bench-'));
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DURABILITY: durability,
    JWT_SECRET: secret,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    PUBLISH_RATE_LIMIT_MAX: '1000000000',
    ...env,
  };
  const server = startPinned(SERVER_CORE, SCRIPT, [], settings, nodeOptions);
  const port = await listeningPort(server);
  const http = new HttpClient(port, { headers: { Authorization: `Bearer ${sign(secret, 'bench', 'admin publish')}` } });
  const post = (path, body) => http.request('POST', `/api/v1${path}`, JSON.stringify(body));
  let generation = 0;
  const urlFor = (client) => `ws://127.0.0.1:${port}/ws?token=${sign(secret, client)}`;
  const idOf = (room) => `room${generation}_${room}`;
  return {
    pid: server.pid,
    open: async ({ rooms, members }) => {
      generation++;
      const seats = [];
      const made = [];
      for (let room = 0; room < rooms; room++) {
        const clients = Array.from({ length: members }, (_, member) => `c${room}_${member}`);
        made.push(makeRoom(post, idOf(room), clients));
        for (const client of clients) seats.push({ url: urlFor(client), wire: 'json', room, client });
      }
      await Promise.all(made);
      return seats;
    },
    renew: (seats) => seats.map((seat) => ({ ...seat, url: urlFor(seat.client) })),
    publish: async (items) => {
      for (let i = 0; i < items.length; i += MAX_ITEMS) {
        await post('/publish', items.slice(i, i + MAX_ITEMS).map(({ room, content }) => ({ room_id: idOf(room), content })));
      }
    },
    publishOne: ({ room, content }) => post(`/rooms/${idOf(room)}/messages`, { content }),
    /** Asks what bench/profile/heap-summary.mjs listens to, and waits for its answer. */
    heapSummary: async () => {
      const written = server.message(({ kind }) => kind === 'heap');
      server.child.kill('SIGUSR2');
      return (await written).path;
    },
    stop: async () => {
      http.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeRoom(post, id, clients) {
  await post('/rooms', { id, members: clients.slice(0, MAX_ITEMS) });
  for (let i = MAX_ITEMS; i < clients.length; i += MAX_ITEMS) {
    await post(`/rooms/${id}/members`, { add: clients.slice(i, i + MAX_ITEMS), silent: true });
  }
}

async function listeningPort(server) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const line = server.output().split('\n').find((text) => text.includes('"msg":"listening"'));
    if (line !== undefined) return JSON.parse(line).port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server did not start: ${server.output()}`);
}

let tokens = 0;

/** A token like no other. */
function sign(secret, sub, scope) {
  return signToken(secret, { sub, jti: String(tokens++), ...(scope && { scope }) });
}
