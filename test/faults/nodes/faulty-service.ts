// Servers over one durable store, all of which can fail.
import { eventually } from '../../support/eventually.js';
import type { Random } from '../random.js';
import { FaultyNode } from './faulty-node.js';
import type { FaultyStore } from './faulty-store.js';
import { NODES } from './node-network.js';

const HEALTHY_WITHIN_MS = 45_000;
const HEALTH_POLL_MS = 200;

/** Three servers that are one service. */
export class FaultyService {
  readonly nodes: readonly FaultyNode[];
  /** Where everybody goes who connects; anywhere when undefined. */
  preferred: FaultyNode | undefined;

  /** @param clocks how much each server's clock is ahead, ms */
  constructor(
    readonly store: FaultyStore,
    settings: Readonly<Record<string, string>>,
    clocks: readonly number[],
  ) {
    this.nodes = Array.from({ length: NODES }, (_, i) => new FaultyNode(i, { ...settings, ...store.settings }, clocks[i]));
  }

  async start(): Promise<void> {
    await this.store.start();
    await Promise.all(this.nodes.map((node) => node.open(this.store.network(node.index))));
  }

  /** A server that is not known to be away, whichever there is. */
  anyUsable(random: Random): FaultyNode {
    if (this.preferred?.isUsable === true) return this.preferred;
    const usable = this.nodes.filter((node) => node.isUsable);
    return random.pick(usable.length > 0 ? usable : this.nodes);
  }

  /** Resolves when all servers say that notifications pass through them. */
  async healthy(): Promise<void> {
    for (const node of this.nodes) await eventually(`${node.name} to be healthy`, () => node.isHealthy(), HEALTHY_WITHIN_MS, HEALTH_POLL_MS);
  }

  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.destroy()));
    await this.store.destroy();
  }
}
