import type { AuditRecord, AuditSink } from '@chatapi/delivery';
import { Injectable } from '@nestjs/common';

/** Keeps what happened. A real one would queue the records here and send them on; it neither waits nor throws. */
@Injectable()
export class RecordKeeper implements AuditSink {
  private readonly kept: AuditRecord[] = [];

  write(records: readonly AuditRecord[]): void {
    this.kept.push(...records);
  }

  /** What is known of a client, in the order in which it happened. */
  about(clientId: string): readonly AuditRecord[] {
    return this.kept.filter(({ client_id }) => client_id === clientId);
  }
}
