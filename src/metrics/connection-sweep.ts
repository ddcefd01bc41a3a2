// A look at every connection, a slice at a time: who is slow, and how full the queues are.
import { Injectable } from '@nestjs/common';
import { ConnectionRegistry } from '../connections/index.js';
import { Histogram, monotonicClock, QUEUE_SIZE_BOUNDS } from '../log/index.js';

/** Connections that are looked at in one turn of the event loop. */
const SLICE = 500;

/** Whoever asks within this time is given what was found last, ms. */
const FRESH_MS = 1_000;

/** What was found. */
export interface SweepResult {
  readonly waiting: number;
  readonly catchingUp: number;
  readonly largestQueue: number;
  /** Over all connections. */
  readonly queued: number;
  /** Over all sockets. */
  readonly bufferedBytes: number;
}

/** Made when metrics are asked for, and no oftener than once a second. */
@Injectable()
export class ConnectionSweep {
  /** Of all sweeps: one observation for each connection and sweep. */
  readonly queueSizes = new Histogram(QUEUE_SIZE_BOUNDS);
  private result: Promise<SweepResult> | undefined;
  private sweptAt = -Infinity;

  constructor(private readonly registry: ConnectionRegistry) {}

  /** What the newest sweep found; makes one when that is too old. */
  newest(): Promise<SweepResult> {
    if (this.result === undefined || monotonicClock.now() - this.sweptAt > FRESH_MS) {
      this.sweptAt = monotonicClock.now();
      this.result = this.sweep();
    }
    return this.result;
  }

  private async sweep(): Promise<SweepResult> {
    const found = { waiting: 0, catchingUp: 0, largestQueue: 0, queued: 0, bufferedBytes: 0 };
    let left = SLICE;
    for (const { stream, bufferedBytes } of this.registry.all()) {
      if (left-- === 0) {
        left = SLICE;
        await new Promise((resolve) => setImmediate(resolve));
      }
      found.bufferedBytes += bufferedBytes;
      if (stream === undefined) continue;
      const { pending } = stream;
      this.queueSizes.observe(pending);
      found.queued += pending;
      found.largestQueue = Math.max(found.largestQueue, pending);
      if (stream.state === 'waiting') found.waiting++;
      else if (stream.isCatchingUp) found.catchingUp++;
    }
    return found;
  }
}
