// From DATA_DIR to REDIS_URL, by the settings.
import type { Settings } from '../config/index.js';
import { createImport, openExport } from '../engine/index.js';
import { systemClock } from '../log/index.js';
import { Migration, type MigrationProgress } from './migration.js';
import type { MigrationReport } from './migration-report.js';

/** Who is told meanwhile. */
export interface MigrationListener {
  /** Every few seconds. */
  progress(progress: MigrationProgress): void;
  /** What went wrong on a line to Redis, and may pass. */
  failed(error: Error): void;
}

const PROGRESS_INTERVAL_MS = 2_000;

/**
 * Moves the embedded store in DATA_DIR to the Redis at REDIS_URL and compares them. The store is held meanwhile, so that no server has it, and stays as it is.
 *
 * @throws Error that says what has to be done first, or that a line broke: running it again goes on
 */
export async function migrate(settings: Settings, listener: MigrationListener): Promise<MigrationReport> {
  const source = openExport(settings, systemClock);
  try {
    const target = await createImport(settings, systemClock, (error) => listener.failed(error));
    try {
      await target.open();
      const migration = new Migration(source, target);
      const timer = setInterval(() => listener.progress(migration.progress), PROGRESS_INTERVAL_MS);
      return await migration.run().finally(() => clearInterval(timer));
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}
