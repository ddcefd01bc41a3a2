// The limit on a client's connections over several Redis engines: exact whoever asks at the same time, and mended whatever is lost or dies.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionPlaces } from '../../src/engine/index.js';
import type { RedisEngine } from '../../src/engine/redis/index.js';
import { systemClock } from '../../src/log/index.js';
import { eventually } from '../support/eventually.js';
import { RedisProcess } from '../support/redis-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { rejection } from './conformance/engine-fixture.js';
import { newRedisEngine } from './new-redis-engine.js';

const ALICE = { tenant: 'acme', clientId: 'alice' };
const LONG_AGO = 1;

/** Keeps nothing when it is started again. */
const server = new RedisProcess(false);
let stores = 0;
let prefix: string;
let proxy: TcpProxy;
let engines: RedisEngine[];
let connections = 0;

beforeAll(() => server.start());
afterAll(() => server.destroy());

beforeEach(async () => {
  proxy = await new TcpProxy(() => server.port).listen();
  prefix = `places-${++stores}`;
  engines = [];
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await proxy.close();
});

/** Places at one engine more. */
async function node(max: number, { closesOldest = false, url = server.url } = {}): Promise<ConnectionPlaces> {
  const engine = newRedisEngine({ url, prefix, connectionLimit: { max, closesOldest } }, systemClock);
  await engine.start();
  engines.push(engine);
  if (engine.connectionPlaces === undefined) throw new Error('There is a limit');
  return engine.connectionPlaces;
}

const viaProxy = (): { url: string } => ({ url: `redis://127.0.0.1:${proxy.port}` });
const newId = (): string => `connection-${++connections}`;
const take = async (places: ConnectionPlaces, client = ALICE): Promise<boolean> => (await places.take(client, newId())).isGranted;
const untilGranted = (places: ConnectionPlaces): Promise<boolean> => eventually('a place', () => take(places));
const untilRefused = (places: ConnectionPlaces): Promise<boolean> =>
  eventually('no place', async () => {
    const id = newId();
    const { isGranted } = await places.take(ALICE, id);
    if (isGranted) places.leave(ALICE, id);
    return !isGranted;
  });

/** It is long ago that the process with this connection has renewed its lease. */
async function forgetLease(connectionId: string): Promise<void> {
  const key = `${prefix}:{acme/@alice}:connections`;
  const found = (await server.command('ZRANGE', key, 0, -1)) as string[];
  const place = found.find((one) => one.endsWith(`/${connectionId}`)) ?? '';
  await server.command('ZADD', key, 'XX', LONG_AGO, place);
  await server.command('ZADD', `${prefix}:{nodes}:leases`, 'XX', LONG_AGO, place.split('/')[0]);
}

describe('places that are refused to the newest', () => {
  it('are those of all processes together, and of each client alone', async () => {
    const [one, two] = await Promise.all([node(2), node(2)]);
    const id = newId();
    expect((await one.take(ALICE, id)).isGranted).toBe(true);
    expect(await take(two)).toBe(true);
    expect([await take(one), await take(two)]).toEqual([false, false]);
    expect([await take(two, { ...ALICE, clientId: 'bob' }), await take(two, { ...ALICE, tenant: 'other' })]).toEqual([true, true]);
    one.leave(ALICE, id);
    await untilGranted(two);
    expect(await take(one)).toBe(false);
  });

  it.each([1, 3])('are never more than %i, however many ask at once', async (max) => {
    const nodes = await Promise.all([node(max), node(max), node(max)]);
    for (let round = 0; round < 20; round++) {
      const client = { ...ALICE, clientId: `client-${round}` };
      const granted = await Promise.all(Array.from({ length: 12 }, (_, i) => take(nodes[i % 3], client)));
      expect(granted.filter(Boolean)).toHaveLength(max);
    }
  });

  it('are free again when the lease of the process ends that has died', async () => {
    const [dying, living] = await Promise.all([node(1, viaProxy()), node(1)]);
    const id = newId();
    await dying.take(ALICE, id);
    proxy.cut();
    expect(await take(living)).toBe(false);
    await forgetLease(id);
    await untilGranted(living);
  });

  it('count again when a process goes on that was taken for dead', async () => {
    const [paused, living] = await Promise.all([node(1, viaProxy()), node(1)]);
    const id = newId();
    await paused.take(ALICE, id);
    proxy.cut();
    await forgetLease(id);
    const meanwhile = newId();
    await eventually('a place', async () => (await living.take(ALICE, meanwhile)).isGranted);
    proxy.restore();
    living.leave(ALICE, meanwhile);
    await untilRefused(living);
  });

  it('are said again to a Redis that has lost them', async () => {
    const [one, two] = await Promise.all([node(1), node(1)]);
    expect(await take(one)).toBe(true);
    await server.kill();
    await server.start();
    await eventually('the line to be back', () => two.take({ ...ALICE, clientId: 'bob' }, newId()).then(() => true, () => false));
    await untilRefused(two);
  });

  it('that could not be asked for, and connections that ended unheard, are told when the line is back', async () => {
    const [apart, other] = await Promise.all([node(1, viaProxy()), node(1)]);
    const [before, meanwhile] = [newId(), newId()];
    await apart.take(ALICE, before);
    proxy.cut();
    await eventually('the line to be away', async () => (await rejection(apart.take({ ...ALICE, clientId: 'bob' }, meanwhile))) !== undefined);
    apart.leave(ALICE, before);
    expect(await take(other)).toBe(false);
    proxy.restore();
    await untilGranted(other);
    await eventually('the one that was let in to count', async () => !(await take(other, { ...ALICE, clientId: 'bob' })));
  });

  it('are free soon when a connection has ended that could not sign off, however many clients are connected', async () => {
    const [one, two] = await Promise.all([node(1), node(1)]);
    const id = newId();
    await one.take(ALICE, id);
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => take(one, { ...ALICE, clientId: `client-${i}` })));
    await server.command('ACL', 'SETUSER', 'default', '-evalsha');
    one.leave(ALICE, id);
    await expect(take(one, { ...ALICE, clientId: 'bob' })).rejects.toThrow();
    await server.command('ACL', 'SETUSER', 'default', '+evalsha');
    await untilGranted(two);
  });

  it('are not waited for when Redis hangs; whoever was let in meanwhile counts when it goes on', async () => {
    const [one, two] = await Promise.all([node(1), node(1)]);
    // Reads, and so pings, are answered all the time: other writes are waited for longer.
    await server.command('CLIENT', 'PAUSE', 600_000, 'WRITE');
    try {
      const room = { tenant: ALICE.tenant, roomId: 'r1', name: null, metadata: null, members: [], at: 0 };
      const write = rejection(engines[0].createRoom(room)).then(() => 'another write gave up');
      const asked = Promise.all([one, two].map((places) => rejection(places.take(ALICE, newId()))));
      expect(await Promise.race([write, asked])).toMatchObject([{ code: 'STORE_UNAVAILABLE' }, { code: 'STORE_UNAVAILABLE' }]);
    } finally {
      await server.command('CLIENT', 'UNPAUSE');
    }
    await eventually('both to count', async () => (await server.command('ZCARD', `${prefix}:{acme/@alice}:connections`)) === 2);
  });
});

describe('places that the oldest are displaced from', () => {
  it('are always granted; the oldest goes, wherever it is', async () => {
    const [one, two] = await Promise.all([node(2, { closesOldest: true }), node(2, { closesOldest: true })]);
    const gone: string[] = [];
    one.onDisplaced((id) => gone.push(id));
    const [oldest, second] = [newId(), newId()];
    await one.take(ALICE, oldest);
    await two.take(ALICE, second);
    const place = await two.take(ALICE, newId());
    expect(place.isGranted).toBe(true);
    expect(gone).toEqual([]);
    two.displace(place.displaced);
    await eventually('the oldest to go', () => gone.includes(oldest));
    expect(gone).not.toContain(second);
  });

  it('leave as many as are allowed when many are taken at once', async () => {
    const nodes = await Promise.all([0, 1, 2].map(() => node(2, { closesOldest: true })));
    const open = new Set<string>();
    nodes.forEach((places) =>
      places.onDisplaced((id) => {
        if (open.delete(id)) places.leave(ALICE, id);
      }),
    );
    await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const id = newId();
        open.add(id);
        const places = nodes[i % 3];
        places.displace((await places.take(ALICE, id)).displaced);
      }),
    );
    await eventually('all others to go', () => open.size === 2);
  });

  it('are displaced all the same when it was not heard: when all are said again', async () => {
    const [one, two] = await Promise.all([node(1, { closesOldest: true }), node(1, { closesOldest: true })]);
    const gone: string[] = [];
    one.onDisplaced((id) => gone.push(id));
    const oldest = newId();
    await one.take(ALICE, oldest);
    // Nobody tells.
    await two.take(ALICE, newId());
    await eventually('the oldest to go', () => gone.includes(oldest));
  });
});
