// What a process says of a client, over a store that answers when the test lets it.
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/index.js';
import type { Connection } from '../connections/index.js';
import { DeliveryEvents, type DeliveryQueue } from '../delivery/index.js';
import type { DeliveryEngine, PresenceListener, PresenceRecord } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { PresenceService } from './presence.service.js';

const GRACE_MS = 1_000;

/** A call that is on its way: what it says, and how it ends. */
interface Saying {
  readonly said: string;
  succeed(): Promise<void>;
  fail(): Promise<void>;
}

let now: number;
let stored: Map<string, PresenceRecord['status']>;
/** Until then the store keeps what it has found. */
let answered: Promise<void>;
let sayings: Saying[];
let listener: PresenceListener;
let presence: PresenceService;

const engine = {
  listenPresence: (to: PresenceListener) => (listener = to),
  listPresent: () => {
    const found = [...stored].map(([clientId, status]) => ({ tenant: 't', record: { clientId, status, lastSeen: 0, position: 1 } }));
    return answered.then(() => found);
  },
  savePresence: (_tenant: string, records: readonly PresenceRecord[]) =>
    new Promise<object[]>((resolve, reject) => {
      const apply = (): void => {
        for (const { clientId, status } of records) {
          if (status === 'offline') stored.delete(clientId);
          else stored.set(clientId, status);
        }
      };
      const end = async (how: () => void): Promise<void> => {
        how();
        await turn();
      };
      const said = records.map(({ clientId, status }) => `${clientId} ${status}`).join();
      if (said !== '') sayings.push({ said, succeed: () => end(() => (apply(), resolve([]))), fail: () => end(() => reject(new Error('no answer'))) });
      else resolve([]);
    }),
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  now = 1_000_000;
  stored = new Map();
  answered = Promise.resolve();
  sayings = [];
  const settings = Object.assign(new Settings(), { presenceGraceSeconds: GRACE_MS / 1000 });
  presence = new PresenceService(engine as unknown as DeliveryEngine, { now: () => now }, settings, {} as DeliveryQueue, new DeliveryEvents(), new ChatEvents());
  await presence.onApplicationBootstrap();
});
afterEach(async () => {
  for (const saying of sayings) await saying.succeed();
  await presence.beforeApplicationShutdown();
  vi.useRealTimers();
});

const connection = (id: string, clientId = 'frank'): Connection => ({ id, principal: { tenant: 't', clientId } }) as unknown as Connection;

/** Time passes, and everything that is due is looked at. */
async function pass(ms: number): Promise<void> {
  now += ms;
  vi.advanceTimersByTime(100);
  await turn();
}

/** Lets the store answer whatever is said, until nothing more is. */
async function settle(): Promise<void> {
  do {
    await sayings.shift()?.succeed();
    await pass(0);
    await pass(0);
  } while (sayings.length > 0);
}

async function online(id: string): Promise<void> {
  presence.connected(connection(id));
  await settle();
  expect(stored.get('frank')).toBe('online');
}

describe('a client', () => {
  it('that came and left while it was being stored that it had left is still answered for when it comes again', async () => {
    await online('first');
    presence.disconnected(connection('first'));
    await pass(GRACE_MS);
    presence.connected(connection('other', 'grace'));
    await pass(0);
    presence.connected(connection('second'));
    await pass(0);
    presence.disconnected(connection('second'));
    await pass(GRACE_MS);
    await sayings.shift()?.succeed();
    await pass(0);
    presence.connected(connection('third'));
    await settle();
    expect(stored.get('frank')).toBe('online');

    listener.forgotten();
    await settle();
    await pass(GRACE_MS);
    await settle();
    expect(stored.get('frank')).toBe('online');
  });

  it('that left while it was being stored that it is here is offline afterwards', async () => {
    presence.connected(connection('first'));
    await pass(0);
    expect(sayings.map(({ said }) => said)).toEqual(['frank online']);
    presence.disconnected(connection('first'));
    await pass(GRACE_MS);
    await pass(0);
    await settle();
    expect(stored.has('frank')).toBe(false);
  });

  it('is said again when the store loses what was being said', async () => {
    presence.connected(connection('first'));
    await pass(0);
    const [saying] = sayings.splice(0);
    await saying.succeed();
    stored.clear();
    expect(sayings).toEqual([]);
    presence.setStatus(connection('first'), 'away');
    await pass(0);
    listener.forgotten();
    const [away] = sayings.splice(0);
    await away.succeed();
    stored.clear();
    await settle();
    expect(stored.get('frank')).toBe('away');
  });

  it('that is listed as it was a moment ago is said to be what it is now', async () => {
    await online('first');
    presence.disconnected(connection('first'));
    await pass(GRACE_MS);
    let answer = (): void => undefined;
    answered = new Promise((resolve) => (answer = resolve));
    listener.orphaned();
    await turn();
    await sayings.shift()?.succeed();
    expect(stored.has('frank')).toBe(false);
    presence.connected(connection('second'));
    answer();
    await settle();
    expect(stored.get('frank')).toBe('online');
  });

  it('is said again when one that died had said of it what is better', async () => {
    await online('first');
    presence.setStatus(connection('first'), 'away');
    await settle();
    stored.set('frank', 'online');
    listener.orphaned();
    await settle();
    expect(stored.get('frank')).toBe('away');
  });

  it('is said again when the store did not answer', async () => {
    presence.connected(connection('first'));
    await pass(0);
    await sayings.shift()?.fail();
    await settle();
    expect(stored.get('frank')).toBe('online');
    presence.disconnected(connection('first'));
    await pass(GRACE_MS);
    await sayings.shift()?.fail();
    await settle();
    expect(stored.has('frank')).toBe(false);
  });
});
