// A load on a server that runs: clients in rooms, messages at a steady rate, and what the clients see of them.
import { setTimeout as pause } from 'node:timers/promises';
import { ChatClient } from '../../client/index.js';
import { clientWebSocket } from '../client-web-socket.js';
import type { BenchApi } from './bench-api.js';
import { LatencyHistogram } from './latency-histogram.js';

/** How large it is. */
export interface LoadSize {
  connections: number;
  rooms: number;
  /** Messages a second, to all rooms together. */
  rate: number;
  seconds: number;
  /** Characters of each message. */
  size: number;
}

/** What was seen. */
export interface LoadResult {
  published: number;
  /** Refused, or without an answer: nobody knows whether these were delivered, so they count for nothing else. */
  failed: number;
  /** Were not sent because too many were unanswered already. */
  skipped: number;
  delivered: number;
  lost: number;
  reconnections: number;
  seconds: number;
  latency: LatencyHistogram;
  /** Of one core, in per cent: near 100 this process is the limit. */
  ownCpuPercent: number;
}

const TICK_MS = 10;
const MOST_UNANSWERED = 256;
const CONNECTING_AT_ONCE = 50;

/** How long the last deliveries may take. */
const SETTLE_MS = 10_000;

/** One run. */
export class BenchLoad {
  private readonly clients: ChatClient[] = [];
  private readonly latency = new LatencyHistogram();
  /** By message: how many have it, and whether it was stored. */
  private readonly receivers: Uint32Array;
  private readonly stored: Uint8Array;
  private reconnections = 0;
  private unanswered = 0;
  private next = 0;
  private skipped = 0;
  private ownCpuMicros = 0;

  constructor(
    private readonly size: LoadSize,
    private readonly api: BenchApi,
    private readonly endpoint: URL,
    private readonly tokenOf: (clientId: string) => string,
    /** Ends it early; what was sent until then counts. */
    private readonly stopped: AbortSignal,
  ) {
    this.receivers = new Uint32Array(size.rate * size.seconds);
    this.stored = new Uint8Array(size.rate * size.seconds);
  }

  /**
   * Makes the rooms, connects, publishes, waits for the last deliveries, and removes what it has made.
   *
   * @throws Error when the server cannot be reached or refuses
   */
  async run(): Promise<LoadResult> {
    const rooms = Array.from({ length: this.size.rooms }, (_, index) => `bench-${index}`);
    try {
      for (const [index, room] of rooms.entries()) await this.api.createRoom(room, this.membersOf(index));
      await this.connect();
      const seconds = await this.publish(rooms);
      await this.settle();
      return this.result(seconds);
    } finally {
      for (const client of this.clients) client.close();
      for (const room of rooms) await this.api.deleteRoom(room);
    }
  }

  private membersOf(room: number): string[] {
    return this.clientIds().filter((_, index) => index % this.size.rooms === room);
  }

  private clientIds(): string[] {
    return Array.from({ length: this.size.connections }, (_, index) => `bench-client-${index}`);
  }

  private async connect(): Promise<void> {
    const ids = this.clientIds();
    while (ids.length > 0 && !this.stopped.aborted) {
      await Promise.all(ids.splice(0, CONNECTING_AT_ONCE).map((id) => this.client(id).connect()));
    }
  }

  private client(id: string): ChatClient {
    const client = new ChatClient({ url: this.endpoint, token: () => this.tokenOf(id), WebSocket: clientWebSocket(), maxAttempts: 10 });
    client.on('message', ({ data }) => this.received(data.content));
    client.on('disconnected', ({ retryInMs }) => {
      if (retryInMs !== undefined) this.reconnections++;
    });
    this.clients.push(client);
    return client;
  }

  private received(content: string): void {
    const [index, sentAt] = content.split(' ', 2).map(Number);
    this.receivers[index]++;
    this.latency.add(performance.now() - sentAt);
  }

  /** At the rate, however long answers take: who waits for answers does not see how long others wait. */
  private async publish(rooms: readonly string[]): Promise<number> {
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    const { rate, seconds } = this.size;
    for (let elapsedMs = 0; elapsedMs < seconds * 1000 && !this.stopped.aborted; elapsedMs = performance.now() - began) {
      const due = Math.min(Math.floor((elapsedMs / 1000) * rate), this.stored.length);
      while (this.next < due) this.publishNext(rooms);
      await pause(TICK_MS);
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    this.ownCpuMicros = user + system;
    return (performance.now() - began) / 1000;
  }

  private publishNext(rooms: readonly string[]): void {
    const index = this.next++;
    if (this.unanswered >= MOST_UNANSWERED) {
      this.skipped++;
      return;
    }
    this.unanswered++;
    const content = `${index} ${performance.now()} `.padEnd(this.size.size, '.');
    void this.api.publish(rooms[index % rooms.length], content).then((stored) => {
      this.unanswered--;
      if (stored) this.stored[index] = 1;
    });
  }

  private async settle(): Promise<void> {
    const giveUpAt = performance.now() + SETTLE_MS;
    while ((this.unanswered > 0 || this.tally().lost > 0) && performance.now() < giveUpAt) await pause(100);
  }

  private tally(): { published: number; delivered: number; lost: number } {
    let published = 0;
    let delivered = 0;
    let expected = 0;
    for (let index = 0; index < this.next; index++) {
      if (this.stored[index] === 0) continue;
      published++;
      delivered += this.receivers[index];
      expected += this.membersCount(index % this.size.rooms);
    }
    return { published, delivered, lost: expected - delivered };
  }

  private membersCount(room: number): number {
    const { connections, rooms } = this.size;
    return Math.floor(connections / rooms) + (room < connections % rooms ? 1 : 0);
  }

  private result(seconds: number): LoadResult {
    const tally = this.tally();
    const { skipped, reconnections, latency } = this;
    const failed = this.next - skipped - tally.published;
    return { ...tally, failed, skipped, reconnections, seconds, latency, ownCpuPercent: this.ownCpuMicros / 10_000 / seconds };
  }
}
