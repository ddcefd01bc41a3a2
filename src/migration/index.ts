// The door of migration/: moving a whole store from one engine to another.
export * from './migrate.js';
export type { MigrationProgress } from './migration.js';
export * from './migration-report.js';
