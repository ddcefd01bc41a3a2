// Sends what waits for one destination: claims, attempts, tries again, gives up.
import type { ClaimedMessage, Outbox } from '../engine/index.js';
import type { Clock } from '../log/index.js';
import type { WebhookLoss, WebhookMeter } from './webhook-meter.js';
import { type BackOffBounds, retryDelayMs } from './retry-delay.js';
import type { WebhookOutcome, WebhookSender } from './webhook-sender.interface.js';

/** The store is asked this often for what other processes have added, and after it has failed, ms. */
const POLL_MS = 1_000;

/** How much longer than an attempt may take its claim lasts, ms: for its outcome to be stored. */
const LEASE_MARGIN_MS = 5_000;

/** How webhooks are sent. */
export interface WebhookQueueOptions extends BackOffBounds {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  /** How long a webhook is tried, ms. */
  readonly retryMs: number;
}

/** What happens to webhooks, for the log. */
export interface WebhookQueueListener {
  failed(message: ClaimedMessage, outcome: Exclude<WebhookOutcome, { kind: 'delivered' }>): void;
  delivered(message: ClaimedMessage): void;
  /** It is not sent any more; `detail` says what the last attempt came to, if there was one in this process. */
  givenUp(message: ClaimedMessage, why: WebhookLoss, detail: string | undefined): void;
  /** The store has failed. What it was to be told is found out again when the claim ends: at least once. */
  storeFailed(error: unknown): void;
}

/** The queue of one destination, as one process works at it. Others work at it too. */
export class WebhookQueue {
  private underWay = 0;
  private isClaiming = false;
  /** Something may have come since the claim that is under way was made. */
  private isWanted = false;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly end = new AbortController();
  private onIdle: (() => void) | undefined;

  constructor(
    readonly destination: string,
    private readonly outbox: Outbox,
    private readonly sender: WebhookSender,
    private readonly options: WebhookQueueOptions,
    private readonly clock: Clock,
    private readonly meter: WebhookMeter,
    private readonly listener: WebhookQueueListener,
    private readonly random: () => number,
  ) {}

  /** Something may be due. */
  wake(): void {
    this.isWanted = true;
    if (!this.isClaiming) void this.claim();
  }

  /** Claims nothing more; resolves when all attempts have ended, which are cut after a time, and are due at once then. */
  async stop(drainMs: number): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    if (this.isIdle) return;
    const timer = setTimeout(() => this.end.abort(), drainMs);
    await new Promise<void>((resolve) => (this.onIdle = resolve));
    clearTimeout(timer);
  }

  private get isIdle(): boolean {
    return this.underWay === 0 && !this.isClaiming;
  }

  private async claim(): Promise<void> {
    clearTimeout(this.timer);
    this.isClaiming = true;
    let waitMs = POLL_MS;
    try {
      while (this.isWanted && !this.isStopped) {
        const free = this.options.concurrency - this.underWay;
        if (free === 0) break;
        this.isWanted = false;
        const now = this.clock.now();
        const { messages, nextAt } = await this.outbox.claim(this.destination, free, now, this.options.timeoutMs + LEASE_MARGIN_MS);
        for (const message of messages) void this.process(message);
        if (messages.length === free) this.isWanted = true;
        else if (nextAt !== undefined) waitMs = Math.min(POLL_MS, Math.max(1, nextAt - now));
      }
    } catch (error) {
      this.listener.storeFailed(error);
    } finally {
      this.isClaiming = false;
    }
    if (this.isStopped) this.settle();
    else this.timer = setTimeout(() => this.wake(), waitMs).unref();
  }

  private async process(message: ClaimedMessage): Promise<void> {
    this.underWay++;
    try {
      const late = this.reasonToGiveUp(message.attempt - 1, message.addedAt, this.clock.now());
      if (late === undefined) await this.conclude(message, await this.attempt(message));
      else await this.giveUp(message, late);
    } catch (error) {
      this.listener.storeFailed(error);
    } finally {
      this.underWay--;
      if (this.isStopped) this.settle();
      else this.wake();
    }
  }

  private async attempt({ id, body, attempt }: ClaimedMessage): Promise<WebhookOutcome> {
    const begunAt = performance.now();
    const outcome = await this.sender.send(this.destination, { id, body, attempt }, this.end.signal).catch(
      (error: unknown): WebhookOutcome => ({ kind: 'failed', reason: 'other', detail: error instanceof Error ? error.message : 'unknown error' }),
    );
    this.meter.duration.observe((performance.now() - begunAt) / 1000);
    this.meter.attempts[outcome.kind === 'failed' ? outcome.reason : outcome.kind]++;
    return outcome;
  }

  private async conclude(message: ClaimedMessage, outcome: WebhookOutcome): Promise<void> {
    const now = this.clock.now();
    if (outcome.kind === 'delivered') {
      this.meter.delay.observe(Math.max(0, now - message.addedAt) / 1000);
      this.listener.delivered(message);
      await this.outbox.remove(this.destination, [message.id]);
    } else if (this.end.signal.aborted) {
      await this.outbox.postpone(this.destination, message, now);
    } else {
      this.listener.failed(message, outcome);
      await this.tryAgain(message, outcome, now);
    }
  }

  private async tryAgain(message: ClaimedMessage, outcome: Exclude<WebhookOutcome, { kind: 'delivered' }>, now: number): Promise<void> {
    if (outcome.kind === 'gone') return this.giveUp(message, 'gone', outcome.detail);
    const dueAt = now + retryDelayMs(message.attempt, this.options, this.random(), outcome.retryAfterMs);
    const hopeless = this.reasonToGiveUp(message.attempt, message.addedAt, dueAt);
    if (hopeless !== undefined) return this.giveUp(message, hopeless, outcome.detail);
    this.meter.retries++;
    await this.outbox.postpone(this.destination, message, dueAt);
  }

  private reasonToGiveUp(attemptsMade: number, addedAt: number, at: number): WebhookLoss | undefined {
    if (attemptsMade >= this.options.maxAttempts) return 'attempts';
    return at - addedAt >= this.options.retryMs ? 'expired' : undefined;
  }

  private async giveUp(message: ClaimedMessage, why: WebhookLoss, detail?: string): Promise<void> {
    await this.outbox.remove(this.destination, [message.id]);
    this.meter.lost[why]++;
    this.listener.givenUp(message, why, detail);
  }

  private settle(): void {
    if (this.isIdle) this.onIdle?.();
  }
}
