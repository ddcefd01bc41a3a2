// Provides the audit trail.
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { Settings } from '../config/index.js';
import type { Clock } from '../log/index.js';
import { AuditTrail } from './audit-trail.js';
import { FileAuditSink } from './file/index.js';

/** The directory of the trail when AUDIT_DIR names none, in DATA_DIR. */
const DEFAULT_DIRECTORY = 'audit';

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

/** Needs `AuditSink`, `Settings`, `Clock`, `DeliveryEngine` and `ChatEvents` from global modules. */
@Global()
@Module({ providers: [AuditTrail] })
export class AuditModule {}
