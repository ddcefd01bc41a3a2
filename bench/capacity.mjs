// `npm run bench:capacity`: what rooms, members, messages, cursors, connects and connections cost Redis, measured at one Redis of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient } from 'redis';
import { RedisEngine } from '../dist/engine/redis/index.js';
import { SERVER_CORE } from './child.mjs';
import { contentOf } from './content.mjs';
import { inTurn } from './in-turn.mjs';
import { StoreMeter } from './store-meter.mjs';
import { startRedis } from './subjects/redis.mjs';

const TARGET = 'reports/bench-capacity.json';
const TENANT = 'default';
/** As many as servers store at once. */
const SAVED_AT_ONCE = 256;
const LARGE_ROOMS = 10;
/** Longer than a round of reconciliation. */
const WATCHED_MS = 12_000;

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '20000' },
    members: { type: 'string', default: '10' },
    messages: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '100' },
    opens: { type: 'string', default: '5000' },
    nodes: { type: 'string', default: '4' },
  },
});
const [ROOMS, MEMBERS, MESSAGES, BYTES, OPENS, NODES] = ['rooms', 'members', 'messages', 'bytes', 'opens', 'nodes'].map((name) => Number(values[name]));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

// Redis has the core of the load for itself.
execFileSync('taskset', ['-a', '-cp', String(SERVER_CORE), String(process.pid)], { stdio: 'ignore' });

const rooms = Array.from({ length: ROOMS }, (_, i) => `room${i}`);
const large = Array.from({ length: LARGE_ROOMS }, (_, i) => `large${i}`);
const membersOf = (room) => Array.from({ length: MEMBERS }, (_, i) => `client${room * MEMBERS + i}`);
const clients = rooms.flatMap((_, room) => membersOf(room));
const owner = (clientId) => ({ tenant: TENANT, clientId, device: '' });
const item = (log, number) => ({ tenant: TENANT, log, type: 'message', data: dataOf(log, number), at: Date.now(), author: undefined });
const slices = (items, size) => Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** As a publication stores it. */
function dataOf(log, number) {
  return JSON.stringify({ id: `${log}-${number}`, room_id: log, sender: 'bench', content: contentOf(number, 0, BYTES), timestamp: new Date().toISOString() });
}

function newEngine(url) {
  const limits = { queueMaxPerClient: 1000, queueTtlSeconds: 604_800, idempotencyTtlSeconds: 86_400, presenceMaxRoomSize: 500, rateLimitWindowSeconds: 60 };
  const engine = new RedisEngine({ url, prefix: 'chatapi', ...limits }, { now: () => Date.now() });
  engine.listen(() => undefined);
  engine.listenPresence({ changed: () => undefined, orphaned: () => undefined, forgotten: () => undefined });
  return engine;
}

/** Bytes, of what is still used. */
function heapUsed() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const redis = await startRedis();
const engines = Array.from({ length: NODES }, () => newEngine(redis.url));
const [engine] = engines;
const client = await createClient({ url: redis.url }).connect();
const meter = new StoreMeter(client, redis.pid);
try {
  await client.configSet('auto-aof-rewrite-percentage', '0');
  await engine.start();
  await fill();
  await publish();
  await acknowledge();
  await connect();
  await beside();
} finally {
  for (const each of engines) await each.stop();
  client.destroy();
  await redis.stop();
}
mkdirSync('reports', { recursive: true });
const { rows, notes } = meter;
writeFileSync(TARGET, `${JSON.stringify({ options: values, rows, notes }, null, 2)}\n`);
process.stdout.write(`${meter.table()}\n\n${notes.join('\n')}\n`);

async function fill() {
  const make = (roomId, members) => engine.createRoom({ tenant: TENANT, roomId, name: null, metadata: null, members, at: Date.now() });
  await meter.measure('a room without members', ROOMS, () => inTurn(rooms, (room) => make(`empty_${room}`, [])));
  await meter.measure(`a room with ${MEMBERS} members, the first of each`, ROOMS, () => inTurn(rooms, (room, i) => make(room, membersOf(i))));
  await meter.measure(`a room with ${MEMBERS} members who are in another`, ROOMS, () => inTurn(rooms, (room, i) => make(`second_${room}`, membersOf(i))));
  await meter.measure('a member of a room of 1,000, who is in others', LARGE_ROOMS * 1000, () => inTurn(large, (room) => make(room, clients.slice(0, 1000)), 4));
}

async function publish() {
  await meter.measure('a publish, the first of its room', ROOMS, () => inTurn(rooms, (room) => engine.append([item(room, 0)])));
  const all = rooms.flatMap((room) => Array.from({ length: MESSAGES }, (_, i) => [room, i + 1]));
  await meter.measure('a publish, those that follow', all.length, () => inTurn(all, ([room, number]) => engine.append([item(room, number)])));
  const withId = (room, number) => ({ ...item(room, number), idempotency: { sender: 'bench', id: `8d5ee2b0-7f5f-4e0f-9d3c-${room}` } });
  await meter.measure('a publish with an id', ROOMS, () => inTurn(rooms, (room) => engine.append([withId(room, MESSAGES + 1)])));
  const bulk = (room) => engine.append(Array.from({ length: 1000 }, (_, i) => item(room, i)));
  await meter.measure('a publish in bulks of 1,000 to one room', LARGE_ROOMS * 1000, () => inTurn(large, bulk, 1));
  await meter.measure('a hit of a rate limit', ROOMS, () => inTurn(rooms, (room) => engine.rateLimits.take(`bench/${room}`, 100, 1)));
}

async function acknowledge() {
  const cursor = (log, clientId) => ({ ...owner(clientId), log, seq: 5, clientSeq: 0, at: Date.now() });
  await meter.measure(`a cursor, ${MEMBERS} of a room at once`, clients.length, () =>
    inTurn(rooms, (room, i) => engine.saveCursors(membersOf(i).map((clientId) => cursor(room, clientId)))),
  );
  await meter.measure('a cursor, 1,000 of a room at once', LARGE_ROOMS * 1000, () =>
    inTurn(large, (room) => engine.saveCursors(clients.slice(0, 1000).map((clientId) => cursor(room, clientId))), 1),
  );
}

async function connect() {
  const comers = clients.slice(-OPENS);
  const heapBefore = heapUsed();
  await meter.measure('opening a queue, 2 rooms and the own log', OPENS, () => inTurn(comers, (clientId) => engine.openQueue(owner(clientId))));
  const heapOfQueue = (heapUsed() - heapBefore) / OPENS;
  meter.note(`The engine in the server keeps ${Math.round(heapOfQueue).toLocaleString('en')} bytes of heap for each open queue.`);
  const online = comers.map((clientId) => ({ clientId, status: 'online', lastSeen: Date.now() }));
  await meter.measure('becoming online', OPENS, () => inTurn(slices(online, SAVED_AT_ONCE), (records) => engine.savePresence(TENANT, records, 500), 1));
  await meter.measure('reading presence that was missed', OPENS, () => inTurn(comers, (clientId) => engine.presenceChanges(TENANT, clientId, 0, 500)));
  await meter.measure('being connected, a second', OPENS * (WATCHED_MS / 1000), () => delay(WATCHED_MS));
  for (const clientId of comers) engine.closeQueue(owner(clientId));
}

/** What each further server that has somebody in the room costs a publish. */
async function beside() {
  const [roomId, members] = [rooms[0], membersOf(0)];
  for (const [i, each] of engines.entries()) {
    if (i > 0) await each.start();
    await each.openQueue(owner(members[i % members.length]));
    const numbers = Array.from({ length: 5000 }, (_, number) => number);
    await meter.measure(`a publish to a room with members at ${i + 1} ${i === 0 ? 'server' : 'servers'}`, numbers.length, () =>
      inTurn(numbers, (number) => engine.append([item(roomId, number)]), 16),
    );
  }
}
