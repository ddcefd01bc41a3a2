// What goes wrong: each fault happens and is over by itself.
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Churn } from './churn.js';
import type { FaultyNode } from './faulty-node.js';
import type { FaultyService } from './faulty-service.js';
import type { FaultyNetwork } from './node-network.js';
import type { Roamer } from './roamer.js';

const LONG_SLEEP_MS = 40_000;
const STORMS = 3;
const CHURN_BURST = 60;

/** What a fault can be done to. */
export interface Victims {
  service: FaultyService;
  /** The server that it is about, if it is about one. */
  node: FaultyNode;
  roamers: readonly Roamer[];
  churns: readonly Churn[];
  random: Random;
}

/** Something that goes wrong. */
export interface Fault {
  readonly name: string;
  /** Resolves when it is over. */
  happen(victims: Victims): Promise<void>;
}

export function someSeconds(random: Random, low: number, high: number): Promise<void> {
  return delay(random.between(low * 1_000, high * 1_000));
}

async function frozen(node: FaultyNode, ms: number): Promise<void> {
  node.freeze();
  await delay(ms);
  node.thaw();
}

/** Those of servers and clients. Each is over in some seconds. */
export const NODE_FAULTS: readonly Fault[] = [
  {
    name: 'everybody comes to one server at once, again and again',
    async happen({ service, node, roamers, random }) {
      service.preferred = node;
      for (let storm = 0; storm < STORMS; storm++) {
        await Promise.all(roamers.filter(({ client }) => client.isOpen).map((roamer) => roamer.breakOff()));
        await delay(random.between(300, 1_000));
      }
      service.preferred = undefined;
    },
  },
  {
    name: 'a server is killed and started again',
    async happen({ node, random }) {
      await node.server.kill();
      await someSeconds(random, 0, 2);
      await node.start();
    },
  },
  {
    name: 'a server stands still',
    happen: ({ node, random }) => frozen(node, random.between(2_000, 5_000)),
  },
  {
    name: 'many join and leave',
    async happen({ churns, random }) {
      for (let burst = 0; burst < CHURN_BURST; burst++) {
        await Promise.all(churns.map((churn) => churn.change()));
        await delay(random.between(1, 30));
      }
    },
  },
];

/** One of the network between a server and its Redis. */
export function lineFault<N extends FaultyNetwork>(name: string, networkOf: (node: FaultyNode) => N, begin: (network: N) => void): Fault {
  return {
    name,
    async happen({ node, random }) {
      const network = networkOf(node);
      begin(network);
      await someSeconds(random, 1, 5);
      network.restore();
    },
  };
}

/** Those that every such network has. */
export function lineFaults(networkOf: (node: FaultyNode) => FaultyNetwork): Fault[] {
  return [
    lineFault('all lines of a server to Redis are cut', networkOf, (network) => network.cut()),
    lineFault('the answers of Redis to a server are lost', networkOf, (network) => network.swallowAnswers()),
    lineFault('the lines of a server to Redis swallow everything', networkOf, (network) => network.swallow()),
  ];
}

/** What takes too long for every run. */
export const LONG_FAULT: Fault = { name: 'a server stands still until it counts as dead', happen: ({ node }) => frozen(node, LONG_SLEEP_MS) };
