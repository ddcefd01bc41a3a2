// Listens to what happens and hands a record of it to the sink.
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { ChatEvents, type Delivered } from '../events/index.js';
import { Clock } from '../log/index.js';
import { AuditSink } from './audit-sink.interface.js';
import { DeliveryRecords, deliverySummary } from './delivery-records.js';
import { EVENT_RECORDS, type RecordedEvent, type TimelessRecord } from './event-records.js';

/** Nothing that goes wrong here reaches whoever emits. */
@Injectable()
export class AuditTrail implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly deliveries: DeliveryRecords;

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
    await this.sink.open?.();
    for (const event of Object.keys(EVENT_RECORDS) as RecordedEvent[]) this.record(event);
    if (this.settings.auditDeliveries !== 'off') this.events.on('delivered', (delivered) => this.recordDeliveries(delivered));
  }

  /** The last acknowledgements are in the store, which is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.deliveries.settled();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sink.close?.();
  }

  private record<K extends RecordedEvent>(event: K): void {
    const toRecords = EVENT_RECORDS[event] as (...args: unknown[]) => readonly TimelessRecord[];
    const listener = (...args: unknown[]): void => this.attempt(() => this.write(toRecords(...args), this.clock.now()));
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
