// The door of audit/: what happened, kept and read back.
export * from './audit.module.js';
export * from './audit-record.js';
export * from './audit-sink.interface.js';
export * from './file/index.js';
