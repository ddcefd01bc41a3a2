// The settings of this process.
import { readEnvironmentFile, withDefaults } from './environment-file.js';
import { loadSettings, type Environment, type LoadOptions } from './load-settings.js';
import { type Settings } from './settings.js';

/**
 * Reads the environment, and in development the file `.env` in the working directory.
 *
 * @param given goes before both
 * @throws SettingsError with every fault; Error when a file cannot be used
 * @publicApi
 */
export function readSettings(given: Environment = {}, options: Pick<LoadOptions, 'developmentSecret'> = {}): Settings {
  const production = process.env.NODE_ENV === 'production';
  const set = withDefaults(given, process.env);
  const environment = production ? set : withDefaults(set, readEnvironmentFile('.env'));
  return loadSettings(environment, { ...options, production, terminal: process.stdout.isTTY });
}
