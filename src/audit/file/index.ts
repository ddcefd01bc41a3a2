// The default sink.
export * from './file-audit-sink.js';
export type { AuditFilesOptions } from './audit-files.js';
