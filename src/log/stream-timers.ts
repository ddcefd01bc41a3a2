// Everything that happens to streams because time passes: asking for acknowledgements, settling, heartbeats, giving up.
import { CloseCode } from '../protocol/index.js';
import type { Clock } from './clock.js';
import { ConstantDelayQueue } from './constant-delay-queue.js';
import type { CursorJournal } from './cursor-journal.js';
import type { DeliveryCounters } from './delivery-counters.js';
import { STUCK_AFTER_MS, type DeliveryOptions } from './delivery-options.js';
import type { DeliveryStream } from './delivery-stream.js';

/** One queue for each kind of waiting; `tick` is called every few milliseconds. */
export class StreamTimers {
  private readonly asking: ConstantDelayQueue<DeliveryStream>;
  private readonly settling: ConstantDelayQueue<DeliveryStream>;
  private readonly beating: ConstantDelayQueue<DeliveryStream>;
  private readonly stuck = new ConstantDelayQueue<{ stream: DeliveryStream; since: number }>(STUCK_AFTER_MS);

  constructor(
    private readonly options: DeliveryOptions,
    private readonly clock: Clock,
    private readonly journal: CursorJournal,
    private readonly counters: DeliveryCounters,
  ) {
    this.asking = new ConstantDelayQueue(options.ackIntervalMs);
    this.settling = new ConstantDelayQueue(options.ackSettleMs);
    this.beating = new ConstantDelayQueue(options.heartbeatIntervalMs);
  }

  /** Asks for acknowledgements of what is written now when the interval is over. */
  ask(stream: DeliveryStream): void {
    stream.askQueued = true;
    this.asking.add(stream, this.clock.now());
  }

  /** A mark of the stream begins to settle. */
  settle(stream: DeliveryStream): void {
    this.settling.add(stream, this.clock.now());
  }

  /** The stream's heartbeat begins. */
  beat(stream: DeliveryStream): void {
    this.beating.add(stream, this.clock.now());
  }

  /** The stream began to wait. */
  watch(stream: DeliveryStream): void {
    this.stuck.add({ stream, since: stream.waitingSince }, this.clock.now());
  }

  /** Carries out what is due. */
  tick(): void {
    const now = this.clock.now();
    this.settling.expire(now, (stream) => {
      if (stream.state !== 'closed') this.journal.raise(stream.window.settleOldest());
    });
    this.asking.expire(now, (stream) => this.askNow(stream));
    this.stuck.expire(now, ({ stream, since }) => this.closeStuck(stream, since));
    this.beating.expire(now, (stream) => this.beatNow(stream, now));
  }

  private askNow(stream: DeliveryStream): void {
    stream.askQueued = false;
    if (stream.state === 'closed') return;
    const { window } = stream;
    if (window.mismatched) {
      window.giveUp();
      if (window.cannotAcknowledge) this.counters.cannotAcknowledge++;
    }
    if (window.outstanding) return;
    if (window.unasked) stream.ping();
    stream.resume();
  }

  /** Progress since then has moved `waitingSince`. */
  private closeStuck(stream: DeliveryStream, since: number): void {
    if (stream.state !== 'waiting') return;
    if (stream.waitingSince === since) {
      this.counters.stuck++;
      stream.sink.close(CloseCode.TryAgainLater, 'not reading');
    } else {
      this.watch(stream);
    }
  }

  private beatNow(stream: DeliveryStream, now: number): void {
    if (stream.state === 'closed') return;
    if (now - stream.heardAt >= this.options.heartbeatTimeoutMs) {
      this.counters.heartbeatsMissed++;
      stream.sink.close(CloseCode.HeartbeatMissed, 'heartbeat missed');
      return;
    }
    stream.ping();
    this.beat(stream);
  }
}
