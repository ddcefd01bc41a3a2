// The client library as an application uses it, with everything it tells written down.
import { WebSocket } from 'ws';
import { type AnyNotification, ChatClient, type ChatClientError, type ChatClientOptions, type Disconnection, type Gap, type ServerFrame } from '../../src/client/index.js';
import type { QueueOverflowData } from '../../src/protocol/index.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/tokens.js';

/** Short waits, so that tests do not take long; everything else as it is by default. */
const QUICK = { firstDelayMs: 20, lastDelayMs: 200, stableAfterMs: 500 } as const;

/** A client with its record. */
export class LibraryClient {
  readonly client: ChatClient;
  readonly notifications: AnyNotification[] = [];
  readonly frames: ServerFrame[] = [];
  readonly disconnections: Disconnection[] = [];
  readonly gaps: Gap[] = [];
  readonly overflows: QueueOverflowData[] = [];
  readonly errors: ChatClientError[] = [];
  connections = 0;
  limited = 0;

  constructor(
    port: number,
    readonly clientId: string,
    options: Partial<ChatClientOptions> = {},
  ) {
    this.client = new ChatClient({ url: `ws://127.0.0.1:${port}/ws`, token: signToken({ sub: clientId }), WebSocket, ...QUICK, ...options });
    this.client.on('notification', (notification) => void this.notifications.push(notification));
    this.client.on('frame', (frame) => this.frames.push(frame));
    this.client.on('connected', () => this.connections++);
    this.client.on('disconnected', (disconnection) => this.disconnections.push(disconnection));
    this.client.on('gap', (gap) => this.gaps.push(gap));
    this.client.on('overflow', (overflow) => this.overflows.push(overflow));
    this.client.on('rate_limited', () => this.limited++);
    this.client.on('error', (error) => this.errors.push(error));
  }

  async connect(): Promise<this> {
    await this.client.connect();
    return this;
  }

  /** The contents of the messages that came, in their order. */
  get contents(): unknown[] {
    return this.notifications.filter(({ type }) => type === 'message').map(({ data }) => data.content);
  }

  /** Resolves when a message with this content has come. */
  async message(content: string): Promise<void> {
    await eventually(`${this.clientId} to get "${content}"`, () => this.contents.includes(content));
  }

  /** Resolves when it has connected so many times. */
  async connected(times: number): Promise<void> {
    await eventually(`${this.clientId} to connect ${times} times`, () => this.connections >= times);
  }
}

/** The numbered texts of so many messages. */
export function texts(what: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${what} ${index}`);
}
