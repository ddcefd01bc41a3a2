// This server: tokens verified, membership decided at each publish, everything stored, acknowledgements on.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_CORE, startPinned } from '../child.mjs';
import { HttpClient } from '../http-client.mjs';
import { signToken } from '../hs256.mjs';
import { startRedis } from './redis.mjs';

const SCRIPT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** The most items of one `POST /publish`, and the most members that a room is made with or gets at once. */
const MAX_ITEMS = 1000;

/**
 * Starts one server with the embedded engine.
 *
 * @param durability `os` or `fsync`
 * @param options nodeOptions: for Node itself, env: further settings
 */
export async function startChatapi(durability, options = {}) {
  return startServers(1, { DURABILITY: durability }, options);
}

/** Starts so many servers over one Redis of their own, whose CPU time is counted apart. */
export async function startChatapiOverRedis(count, options = {}) {
  const redis = await startRedis();
  try {
    const servers = await startServers(count, { ENGINE: 'redis', REDIS_URL: redis.url }, options);
    const stop = async () => {
      await servers.stop();
      await redis.stop();
    };
    return { ...servers, storePids: [redis.pid], stop };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}

/** Servers with their default settings, but for the limit on publishing, which still counts. Members are spread over them, and requests take turns. */
async function startServers(count, engine, { nodeOptions = [], env = {} }) {
  const secret = randomBytes(32).toString('hex');
  const nodes = await Promise.all(Array.from({ length: count }, () => startServer({ JWT_SECRET: secret, ...engine, ...env }, nodeOptions)));
  const headers = { Authorization: `Bearer ${sign(secret, 'bench', 'admin publish')}` };
  const clients = nodes.map(({ port }) => new HttpClient(port, { headers }));
  let requests = 0;
  const post = (path, body) => clients[requests++ % count].request('POST', `/api/v1${path}`, JSON.stringify(body));
  let generation = 0;
  const idOf = (room) => `room${generation}_${room}`;
  const urlFor = (client, place) => `ws://127.0.0.1:${nodes[place % count].port}/ws?token=${sign(secret, client)}`;
  return {
    pids: nodes.map(({ server }) => server.pid),
    open: async ({ rooms, members }) => {
      generation++;
      const seats = [];
      const made = [];
      for (let room = 0; room < rooms; room++) {
        const ids = Array.from({ length: members }, (_, member) => `c${room}_${member}`);
        made.push(makeRoom(post, idOf(room), ids));
        for (const client of ids) seats.push({ url: urlFor(client, seats.length), wire: 'json', room, client });
      }
      await Promise.all(made);
      return seats;
    },
    renew: (seats) => seats.map((seat, place) => ({ ...seat, url: urlFor(seat.client, place) })),
    publish: async (items) => {
      for (let i = 0; i < items.length; i += MAX_ITEMS) {
        await post('/publish', items.slice(i, i + MAX_ITEMS).map(({ room, content }) => ({ room_id: idOf(room), content })));
      }
    },
    publishOne: ({ room, content }) => post(`/rooms/${idOf(room)}/messages`, { content }),
    /** Asks what bench/profile/heap-summary.mjs listens to in the first server, and waits for its answer. */
    heapSummary: async () => {
      const [{ server }] = nodes;
      const written = server.message(({ kind }) => kind === 'heap');
      server.child.kill('SIGUSR2');
      return (await written).path;
    },
    stop: async () => {
      for (const client of clients) client.close();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function startServer(env, nodeOptions) {
  const dataDir = mkdtempSync(join(tmpdir(), 'chatapi-bench-'));
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    PUBLISH_RATE_LIMIT_MAX: '1000000000',
    ...env,
  };
  const server = startPinned(SERVER_CORE, SCRIPT, [], settings, nodeOptions);
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { server, port: await listeningPort(server), stop };
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
