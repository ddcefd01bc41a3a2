// A notification sent through the engine and back every few seconds: health that tests delivery, not sockets.
import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { Clock, monotonicClock, personalLog, type DeliveryStream, type FrameSink, type PingedFrames } from '../log/index.js';
import { SYSTEM_TENANT } from '../protocol/index.js';

const CANARY = 'canary';

/** So many intervals may pass before a canary that has not returned means that nothing is delivered. */
const PATIENCE = 3;

/** A client of its own, without a socket: it publishes to itself and notes what comes back. */
@Injectable()
export class CanaryService implements OnApplicationBootstrap, BeforeApplicationShutdown, FrameSink {
  readonly bufferedBytes = 0;
  private readonly intervalMs: number;
  /** Other processes over the same store have canaries of their own. */
  private readonly id = randomUUID();
  private timer: NodeJS.Timeout | undefined;
  private stream: DeliveryStream | undefined;
  private awaited = '';
  private number = 0;
  private sending = false;
  private sentAt = 0;
  private returnedAt = 0;
  private tookMs = 0;
  private failure: string | undefined = 'no canary has returned yet';
  private lost = 0;
  /** One was sent, and has not returned. */
  private isOut = false;

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Clock) private readonly clock: Clock,
    private readonly queue: DeliveryQueue,
    settings: Settings,
  ) {
    this.intervalMs = settings.canaryIntervalSeconds * 1000;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.send();
    this.timer = setInterval(() => void this.send(), this.intervalMs);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Why notifications are not delivered; undefined while they are. */
  get problem(): string | undefined {
    if (this.failure !== undefined) return this.failure;
    return monotonicClock.now() - this.returnedAt > this.intervalMs * PATIENCE ? 'a canary notification did not return' : undefined;
  }

  /** How long ago a canary returned, in milliseconds; since the process began while none has. */
  get ageMs(): number {
    return monotonicClock.now() - this.returnedAt;
  }

  /** Canaries that could not be stored, or had not returned when the next one was sent. */
  get failures(): number {
    return this.lost;
  }

  /** How long the newest canary that has returned took, in milliseconds. */
  get roundTripMs(): number {
    return Math.round(this.tookMs);
  }

  write(frames: Buffer): void {
    if (!frames.includes(this.awaited)) return;
    this.returnedAt = monotonicClock.now();
    this.isOut = false;
    this.tookMs = this.returnedAt - this.sentAt;
    this.failure = undefined;
  }

  writeWithPing(frames: Buffer, nonce: Uint8Array): void {
    this.write(frames);
    this.ping(nonce);
  }

  writePinged({ frames, nonce }: PingedFrames): void {
    this.writeWithPing(frames, nonce);
  }

  ping(nonce: Uint8Array): void {
    setImmediate(() => {
      if (this.stream !== undefined) this.queue.pong(this.stream, nonce);
    });
  }

  /** Nothing but its own silence could close it, and it answers every ping. */
  close(): void {
    if (this.stream !== undefined) this.queue.close(this.stream);
    this.stream = undefined;
  }

  /** One at a time: a store that answers late must not make it open a second stream. */
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    if (this.isOut) this.lost++;
    const owner = { tenant: SYSTEM_TENANT, clientId: CANARY, device: '' };
    try {
      this.stream ??= await this.queue.open(owner, 'transport', this);
      this.awaited = `"canary":"${this.id}-${++this.number}"`;
      this.sentAt = monotonicClock.now();
      this.isOut = true;
      const at = this.clock.now();
      const [outcome] = await this.engine.append([{ tenant: SYSTEM_TENANT, log: personalLog(CANARY), type: CANARY, data: `{${this.awaited}}`, at }]);
      if (outcome instanceof Error) throw outcome;
    } catch (error) {
      this.isOut = false;
      this.lost++;
      this.failure = `a canary notification could not be stored: ${error instanceof Error ? error.message : 'unknown error'}`;
    } finally {
      this.sending = false;
    }
  }
}
