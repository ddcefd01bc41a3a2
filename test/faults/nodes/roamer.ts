// A client of many servers: each of its connections is to one of those that live.
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import type { ServerProcess } from '../../support/server-process.js';
import type { Random } from '../random.js';
import type { FaultyNode } from './faulty-node.js';
import type { FaultyService } from './faulty-service.js';

const HANDSHAKE_TIMEOUT_MS = 2_000;
const GOODBYE_TIMEOUT_MS = 2_000;
const CONNECTED_WITHIN_MS = 45_000;
const AGAIN_AFTER_MS = 50;

/** One client on one device. */
export class Roamer {
  readonly client: RecordingClient;
  private node: FaultyNode;
  private hasBegun = false;

  constructor(
    private readonly service: FaultyService,
    private readonly random: Random,
    clientId: string,
    options: RecordingClientOptions,
  ) {
    this.node = service.nodes[0];
    const server = (): ServerProcess => this.node.server;
    const where = {
      get port(): number {
        return server().port;
      },
      get host(): string {
        return server().host;
      },
    };
    this.client = new RecordingClient(where, clientId, { ...options, handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS });
  }

  /** Connects to any server, once the connection before has ended; what fails is left at that. */
  async tryToConnect(): Promise<void> {
    if (this.hasBegun && this.client.closed === undefined) return;
    this.hasBegun = true;
    this.node = this.service.anyUsable(this.random);
    await this.client.connect().catch(() => delay(AGAIN_AFTER_MS));
  }

  /** Resolves when it is connected. */
  async connect(): Promise<void> {
    await eventually(
      `${this.client.clientId} to be connected`,
      async () => {
        await this.tryToConnect();
        return this.client.isOpen;
      },
      CONNECTED_WITHIN_MS,
    );
  }

  /** Closes in order, or breaks off with something unread on the way to it. */
  async leave(): Promise<void> {
    if (!this.client.isOpen) return;
    if (this.random.chance(0.5)) return this.closeOrCut();
    this.client.webSocket.pause();
    await delay(this.random.between(1, 20));
    await this.breakOff();
  }

  /** Closes in order; a server that does not answer to that is left without a word. */
  async closeOrCut(): Promise<void> {
    if (!this.client.isOpen) return;
    this.client.webSocket.close(1000);
    await eventually('the end', () => this.client.closed !== undefined, GOODBYE_TIMEOUT_MS).catch(() => this.breakOff());
  }

  async breakOff(): Promise<void> {
    if (this.client.closed === undefined) await this.client.cut();
  }
}
