// Subscriptions while the server that publishes changes.
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RedisAccess } from '../../src/engine/redis/redis-access.js';
import { RedisSubscriber } from '../../src/engine/redis/redis-subscriber.js';
import type { Topology } from '../../src/engine/redis/topology.js';
import { RedisProcess } from '../support/redis-process.js';

const servers = [new RedisProcess(false), new RedisProcess(false)];

beforeAll(() => Promise.all(servers.map((server) => server.start())));
afterAll(() => Promise.all(servers.map((server) => server.destroy())));

/** Says which of several servers publishes, and is told when another one does. */
class Chosen implements Pick<Topology, 'masters' | 'masterOf' | 'onChange' | 'refresh'> {
  private readonly listeners: (() => void)[] = [];

  constructor(private address: string) {}

  get masters(): readonly string[] {
    return [this.address];
  }

  masterOf(): string {
    return this.address;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  choose(address: string): void {
    this.address = address;
    for (const listener of this.listeners) listener();
  }
}

it.each([
  ['in the same turn', (): Promise<void> => Promise.resolve()],
  ['when it has been asked for', () => turn()],
])('a subscription is made at the other server when its own is left %s', async (_, passed) => {
  const [before, after] = servers.map(({ url }) => new RedisAccess(url));
  const topology = new Chosen(before.addresses[0]);
  const subscriber = new RedisSubscriber(before, topology as unknown as Topology, () => undefined, () => undefined);
  await subscriber.open();
  let receive = (_message: string): void => undefined;
  const received = new Promise<string>((resolve) => (receive = resolve));
  const subscribed = subscriber.subscribe('channel', (message) => receive(message));
  await passed();
  topology.choose(after.addresses[0]);
  await subscribed;
  expect(await servers[1].command('SPUBLISH', 'channel', 'hello')).toBe(1);
  expect(await received).toBe('hello');
  await subscriber.close();
});
