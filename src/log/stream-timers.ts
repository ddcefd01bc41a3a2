// Everything that happens to streams because time passes: asking for acknowledgements, settling, heartbeats, giving up.
import { CloseCode } from '../protocol/index.js';
import { settleDelay } from './acknowledgement-window.js';
import type { Clock } from './clock.js';
import { ConstantDelayQueue } from './constant-delay-queue.js';
import type { CursorJournal } from './cursor-journal.js';
import type { DeliveryCounters } from './delivery-counters.js';
import { READ_RETRY_MS, STUCK_AFTER_MS, STUCK_CHECK_MS, type DeliveryOptions } from './delivery-options.js';
import type { DeliveryStream } from './delivery-stream.js';

/** One queue for each kind of waiting; `tick` is called every few milliseconds. */
export class StreamTimers {
  private readonly asking: ConstantDelayQueue<DeliveryStream>;
  private readonly settling: ConstantDelayQueue<DeliveryStream>;
  private readonly beating: ConstantDelayQueue<DeliveryStream>;
  private readonly watched = new ConstantDelayQueue<DeliveryStream>(STUCK_CHECK_MS);
  private readonly retrying = new ConstantDelayQueue<DeliveryStream>(READ_RETRY_MS);

  constructor(
    private readonly options: DeliveryOptions,
    private readonly clock: Clock,
    private readonly journal: CursorJournal,
    private readonly counters: DeliveryCounters,
  ) {
    this.asking = new ConstantDelayQueue(options.ackIntervalMs);
    this.settling = new ConstantDelayQueue(settleDelay(options.ackSettleMs));
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

  /** The stream began to wait: it is looked after as long as it does. */
  watch(stream: DeliveryStream): void {
    stream.waitingBytes = stream.sink.bufferedBytes;
    if (stream.watchQueued) return;
    stream.watchQueued = true;
    this.watched.add(stream, this.clock.now());
  }

  /** The stream's read of the store failed. */
  retry(stream: DeliveryStream): void {
    this.retrying.add(stream, this.clock.now());
  }

  /** Carries out what is due. */
  tick(): void {
    const now = this.clock.now();
    this.settling.expire(now, (stream) => {
      if (stream.state !== 'closed') this.journal.raise(stream.window.settleOldest());
    });
    this.asking.expire(now, (stream) => this.askNow(stream));
    this.watched.expire(now, (stream) => this.closeStuck(stream, now));
    this.retrying.expire(now, (stream) => stream.retry());
    this.beating.expire(now, (stream) => this.beatNow(stream, now));
  }

  private askNow(stream: DeliveryStream): void {
    stream.askQueued = false;
    const { window } = stream;
    if (window.mismatched && window.giveUp()) this.counters.cannotAcknowledge++;
    if (window.unasked) stream.ping();
    stream.resume();
  }

  /** Acknowledgements move `waitingSince` themselves; a slow line that drains is seen here. */
  private closeStuck(stream: DeliveryStream, now: number): void {
    stream.watchQueued = false;
    if (stream.state !== 'waiting') return;
    if (stream.sink.bufferedBytes < stream.waitingBytes) stream.waitingSince = now;
    if (now - stream.waitingSince < STUCK_AFTER_MS) {
      this.watch(stream);
      return;
    }
    this.counters.stuck++;
    stream.close(CloseCode.TryAgainLater, 'not reading');
  }

  private beatNow(stream: DeliveryStream, now: number): void {
    if (stream.state === 'closing' || stream.state === 'closed') return;
    if (now - stream.heardAt >= this.options.heartbeatTimeoutMs) {
      this.counters.heartbeatsMissed++;
      stream.close(CloseCode.HeartbeatMissed, 'heartbeat missed');
      return;
    }
    stream.ping();
    this.beat(stream);
  }
}
