// The settings of this process.
import { readEnvironmentFile, withDefaults } from './environment-file.js';
import { loadSettings } from './load-settings.js';
import { type Settings } from './settings.js';

/**
 * Reads the environment, and in development the file `.env` in the working directory.
 *
 * @throws SettingsError with every fault; Error when a file cannot be used
 * @publicApi
 */
export function readSettings(): Settings {
  const production = process.env.NODE_ENV === 'production';
  const environment = production ? process.env : withDefaults(process.env, readEnvironmentFile('.env'));
  return loadSettings(environment, { production, terminal: process.stdout.isTTY });
}
