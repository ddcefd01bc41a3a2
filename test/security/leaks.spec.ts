// Nothing of a connection stays behind, in whatever way it ended: 20,000 of them, and the process holds what it held before.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { type Inventory, ProbedServer } from '../support/probed-server.js';
import { adminToken } from '../support/tokens.js';
import { type Ending, Scene } from './leaks/ending.js';
import { ENDINGS } from './leaks/endings.js';

/** Connections that are made altogether, after the first waves, which only warm up: code gets compiled, buffers and tables grow. */
const CONNECTS = 20_000;
const WARM_UP_WAVES = 3;

/** Rooms of a wave have this many members at most: so many are told of each other's status. */
const ROOM_SIZE = 20;

/**
 * How far apart the heap of two idle moments of one process may lie, compiled code aside, bytes: about 100 for each connection. Measured: some
 * 0.8 MiB, most of it what limits by the minute remember.
 */
const HEAP_MARGIN = 2 * 1024 * 1024;

/** How long the slowest ending may take to be over: heartbeat, the wait for an answer to the close frame, a busy machine. */
const QUIET_TIMEOUT_MS = 40_000;

/** Taking an inventory stops the server for longer than a heartbeat may take: the canary needs a moment to begin anew. */
const INVENTORY_PAUSE_MS = 1_000;

/**
 * A server without connections. Nest keeps the connection that came last, to compare the next one with. The canary of
 * /ws/health has a stream of its own. The third stream is none: V8 names the prototype of a derived class (`DebugStream`) after the class
 * that it derives from.
 */
const IDLE = { WebSocketConnection: 1, EventStreamConnection: 0, WebSocket: 1, DeliveryStream: 3, LogFeed: 1, ClientPresence: 0 };

const server = new ProbedServer({
  DURABILITY: 'os',
  CANARY_INTERVAL_SECONDS: '0.2',
  HEARTBEAT_INTERVAL_SECONDS: '0.3',
  HEARTBEAT_TIMEOUT_SECONDS: '3',
  MAX_CONNECTION_LIFETIME_SECONDS: '4',
  HANDSHAKE_TIMEOUT_SECONDS: '5',
  MAX_CONNECTIONS_PER_CLIENT: '2',
  MAX_CONNECTIONS_PER_IP: '4',
  AUTH_FAILURES_PER_MINUTE: '3',
  INVALID_FRAMES_PER_MINUTE: '3',
  JWT_CLOCK_TOLERANCE_SECONDS: '0',
  MAX_PAYLOAD_BYTES: '4096',
  RATE_LIMIT_WINDOW_SECONDS: '1',
  PRESENCE_GRACE_SECONDS: '0.2',
  ALLOWED_ORIGINS: 'https://chat.example.com',
  TRUST_PROXY: 'loopback',
});

beforeAll(() => server.start());
afterAll(() => server.destroy());

/** One group of clients that end alike: its room, then its ending. */
async function runGroup(scene: Scene, ending: Ending, name: string): Promise<string[]> {
  const clients = Array.from({ length: ending.clients }, (_, index) => `${name}-${index}`);
  const rooms = Array.from({ length: Math.ceil(clients.length / ROOM_SIZE) }, (_, index) => `${name}-${index}`);
  await Promise.all(rooms.map((id, index) => scene.admin.createRoom({ id, members: clients.slice(index * ROOM_SIZE, (index + 1) * ROOM_SIZE) })));
  const ended = ending.run(scene, clients, rooms[0]);
  await scene.admin.publishAll(rooms.map((room_id) => ({ room_id, content: 'for those who are there' })));
  return (await ended).map(({ outcome }) => outcome);
}

/** All endings at once; resolves when the quick ones are over. Adds what clients saw, by the ending's name. */
async function runWave(scene: Scene, number: number, seen: Map<string, Set<string>>): Promise<Promise<void>[]> {
  const groups = ENDINGS.map(async (ending, index) => {
    const outcomes = await runGroup(scene, ending, `w${number}-${index}`);
    const known = seen.get(ending.name) ?? new Set<string>();
    for (const outcome of outcomes) known.add(outcome);
    seen.set(ending.name, known);
  });
  await Promise.all(groups.filter((_, index) => ENDINGS[index].lingers !== true));
  return groups.filter((_, index) => ENDINGS[index].lingers === true);
}

/**
 * Runs waves until so many connections were made, and resolves when the server knows that all of them are over. Nest keeps the
 * connection that came last and the one that went last, to compare the next with: both are made to be the same ordinary one.
 */
async function runConnections(scene: Scene, enough: (waves: number) => boolean, seen: Map<string, Set<string>>, from: number): Promise<void> {
  const lingering: Promise<void>[] = [];
  for (let wave = 0; !enough(wave); wave++) lingering.push(...(await runWave(scene, from + wave, seen)));
  await Promise.all(lingering);
  await eventually('every connection to be over', async () => (await activeConnections()) === 0, QUIET_TIMEOUT_MS);
  for (const left of scene.abandoned.splice(0)) left.destroy();
  await (await scene.connect('last').opened()).close();
}

async function activeConnections(): Promise<number> {
  const response = await fetch(`${server.origin}/ws/health`, { headers: { connection: 'close' } });
  return ((await response.json()) as { active_connections: number }).active_connections;
}

/** Resolves with the first inventory of which `holds` is true; else, in the end, with the last one: assertions tell what differs. */
async function settled(holds: (inventory: Inventory) => boolean): Promise<Inventory> {
  let inventory: Inventory | undefined;
  const isQuiet = async (): Promise<boolean> => {
    inventory = await server.inventory();
    return holds(inventory);
  };
  await eventually('nothing to be left', isQuiet, QUIET_TIMEOUT_MS, INVENTORY_PAUSE_MS).catch(() => undefined);
  return inventory ?? server.inventory();
}

/** Whether this is the second inventory in a row that shows no connections, and the same as the first. */
function idleTwice(): (inventory: Inventory) => boolean {
  let earlier: Inventory | undefined;
  return (inventory) => {
    const isIdle = isDeepStrictEqual({ ...inventory.instances, ...IDLE }, inventory.instances) && earlier !== undefined && isSame(inventory, earlier);
    earlier = inventory;
    return isIdle;
  };
}

function isSame(one: Inventory, other: Inventory): boolean {
  return isDeepStrictEqual([one.instances, one.resources], [other.instances, other.resources]);
}

describe('after 20,000 connections that ended in every way there is', () => {
  it('the server holds what it held before', async () => {
    const scene = new Scene(server, new Api(server.origin, adminToken(), { connection: 'close' }));
    await runConnections(scene, (waves) => waves === WARM_UP_WAVES, new Map(), 0);
    const before = await settled(idleTwice());
    expect(before.instances).toMatchObject(IDLE);

    const begun = scene.connects;
    const seen = new Map<string, Set<string>>();
    await runConnections(scene, () => scene.connects - begun >= CONNECTS, seen, WARM_UP_WAVES);

    const after = await settled((inventory) => isSame(inventory, before));
    for (const { name, outcomes } of ENDINGS) expect({ name, seen: [...(seen.get(name) ?? [])].filter((outcome) => !outcomes.includes(outcome)) }).toEqual({ name, seen: [] });
    expect(after).toMatchObject({ instances: before.instances, resources: before.resources });
    expect(after.dataBytes - before.dataBytes).toBeLessThan(HEAP_MARGIN);
    expect(after.external - before.external).toBeLessThan(HEAP_MARGIN);
    expect(server.isRunning).toBe(true);
  }, 300_000);
});
