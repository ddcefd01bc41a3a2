// Listens to what happens and hands a record of it to the sink.
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { ChatEvents, type Delivered } from '../events/index.js';
import { Clock } from '../log/index.js';
import { AuditSink } from './audit-sink.interface.js';
import { DeliveryRecords, deliverySummary } from './delivery-records.js';
import { EVENT_RECORDS, type RecordedEvent, type TimelessRecord } from './event-records.js';
import { RepeatedRecords } from './repeated-records.js';

/** How long what happens again and again is counted before it is recorded, ms. */
const REPEATED_INTERVAL_MS = 5_000;

/** What clients can make happen as often as they like. */
const REPEATED: ReadonlySet<RecordedEvent> = new Set<RecordedEvent>(['rateLimited', 'refused']);

/** Nothing that goes wrong here reaches whoever emits. With AUDIT=off it neither listens nor opens the sink. */
@Injectable()
export class AuditTrail implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly deliveries: DeliveryRecords;
  private readonly repeated = new RepeatedRecords((records) => this.write(records, this.clock.now()));
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly events: ChatEvents,
    @Inject(AuditSink) private readonly sink: AuditSink,
    @Inject(DeliveryEngine) engine: DeliveryEngine,
    @Inject(Clock) private readonly clock: Clock,
    private readonly settings: Settings,
  ) {
    this.deliveries = new DeliveryRecords(
      engine,
      (records, at) => this.write(records, at),
      (cause) => this.logger.warn({ msg: 'deliveries not looked up, recorded as ranges', err: cause }),
    );
  }

  async onModuleInit(): Promise<void> {
    if (this.settings.audit === 'off') return;
    await this.sink.open?.();
    for (const event of Object.keys(EVENT_RECORDS) as RecordedEvent[]) this.record(event);
    this.timer = setInterval(() => this.repeated.flush(), REPEATED_INTERVAL_MS);
    this.timer.unref();
    if (this.settings.auditDeliveries !== 'off') this.events.on('delivered', (delivered) => this.recordDeliveries(delivered));
  }

  /** The last acknowledgements are in the store, which is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.deliveries.settled();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.settings.audit === 'off') return;
    clearInterval(this.timer);
    this.repeated.flush();
    await this.sink.close?.();
  }

  private record<K extends RecordedEvent>(event: K): void {
    const toRecords = EVENT_RECORDS[event] as (...args: unknown[]) => readonly TimelessRecord[];
    const record = REPEATED.has(event)
      ? (records: readonly TimelessRecord[]) => records.forEach((each) => this.repeated.add(each))
      : (records: readonly TimelessRecord[]) => this.write(records, this.clock.now());
    const listener = (...args: unknown[]): void => this.attempt(() => record(toRecords(...args)));
    this.events.on(event, listener as never);
  }

  private recordDeliveries(delivered: readonly Delivered[]): void {
    const at = this.clock.now();
    if (this.settings.auditDeliveries === 'each') this.deliveries.add(delivered, at);
    else this.attempt(() => this.write(delivered.map(deliverySummary), at));
  }

  private write(records: readonly TimelessRecord[], at: number): void {
    if (records.length === 0) return;
    const time = new Date(at).toISOString();
    this.attempt(() => this.sink.write(records.map((record) => ({ time, ...record }))));
  }

  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.logger.error({ msg: 'not recorded in the audit trail', err: error });
    }
  }
}
