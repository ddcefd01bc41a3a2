// One engine of several over a store, and what its live feed has brought.
import type { RedisEngine } from '../../src/engine/redis/index.js';
import type { AppendedEntry } from '../../src/log/index.js';
import { eventually } from '../support/eventually.js';
import { ManualClock } from './conformance/manual-clock.js';

export const TENANT = 'acme';
export const NOW = new ManualClock().now();

/** Writes and listens. */
export class FeedNode {
  readonly feed: AppendedEntry[] = [];

  constructor(readonly engine: RedisEngine) {
    engine.listen((entries) => this.feed.push(...entries));
  }

  createRoom(roomId: string, members: readonly string[] = []): Promise<unknown> {
    return this.engine.createRoom({ tenant: TENANT, roomId, name: null, metadata: null, members, at: NOW });
  }

  async publish(log: string, count = 1): Promise<void> {
    await this.engine.append(Array.from({ length: count }, (_, i) => ({ tenant: TENANT, log, type: 'message', data: `{"n":${i}}`, at: NOW })));
  }

  /** Publishes under an idempotency id until that is answered; its number and incarnation. */
  publishSurely(log: string, id: string): Promise<{ seq: number; incarnation: number }> {
    return eventually(`${id} to be stored`, async () => {
      const request = { tenant: TENANT, log, type: 'message', data: JSON.stringify({ id }), at: NOW, idempotency: { sender: 'me', id } };
      const [outcome] = await this.engine.append([request]).catch((error: unknown) => [error as Error]);
      return !(outcome instanceof Error) && { seq: outcome.seq, incarnation: outcome.incarnation };
    });
  }

  change(roomId: string, kind: 'add' | 'remove', clientId: string, silent = false): Promise<unknown> {
    return this.engine.changeMembers({ tenant: TENANT, roomId, changes: [{ kind, clientId }], silent, at: NOW });
  }

  /** What has come of a log, in a word each. */
  of(log: string): string[] {
    return this.feed.filter((item) => item.log === log).map(textOf);
  }

  has(log: string, text: string): Promise<unknown> {
    return eventually(`${text} of ${log}`, () => this.of(log).includes(text));
  }
}

function textOf({ seq, change }: AppendedEntry): string {
  if (change === undefined) return `${seq}`;
  if (change.kind === 'resynced') return `${seq} resynced ${[...change.positions].map(([client, position]) => `${client}:${position ?? '-'}`).join()}`;
  if (change.kind === 'created') return `${seq} created`;
  return change.kind === 'deleted' || change.kind === 'rewound' ? `${seq} ${change.kind}` : `${seq} ${change.kind} ${change.clientId}`;
}
