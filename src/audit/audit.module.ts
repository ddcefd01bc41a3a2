// Provides the audit trail, with the files of a directory as its sink unless another one is given.
import { join } from 'node:path';
import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { Clock } from '../log/index.js';
import { AuditSink } from './audit-sink.interface.js';
import { AuditTrail } from './audit-trail.js';
import { FileAuditSink } from './file/index.js';

/** The directory of the trail when AUDIT_DIR names none, in DATA_DIR. */
const DEFAULT_DIRECTORY = 'audit';

/** What a team may put in place of ours. */
export interface AuditModuleOptions {
  /** Takes the records instead of files in AUDIT_DIR. With AUDIT=off it is not used. */
  readonly sink?: AuditSink;
}

/** The sink that AUDIT_* describe. */
export function fileAuditSink(settings: Settings, clock: Clock): FileAuditSink {
  return new FileAuditSink(
    {
      directory: settings.auditDir ?? join(settings.dataDir, DEFAULT_DIRECTORY),
      fileMaxBytes: settings.auditFileMaxBytes,
      fileMaxMs: settings.auditFileMaxSeconds * 1000,
      retentionMs: settings.auditRetentionSeconds * 1000,
    },
    clock,
  );
}

/**
 * With AUDIT=off there is no trail and no {@link AuditSink}. Needs `Settings`, `Clock`, `DeliveryEngine` and `ChatEvents` from global
 * modules.
 *
 * @publicApi
 */
@Global()
@Module({})
export class AuditModule {
  static forRoot(settings: Settings, { sink }: AuditModuleOptions = {}): DynamicModule {
    if (settings.audit === 'off') return { module: AuditModule };
    const provider: Provider =
      sink === undefined ? { provide: AuditSink, inject: [Settings, Clock], useFactory: fileAuditSink } : { provide: AuditSink, useValue: sink };
    return { module: AuditModule, providers: [provider, AuditTrail], exports: [AuditSink] };
  }
}
