// From a record of environment variables to valid settings, or to every fault in them.
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { keptSecret } from './development-secret.js';
import { environmentName } from './setting-name.js';
import { ruleOf } from './setting-rules.js';
import { SETTING_PROPERTIES, Settings } from './settings.js';
import { readPublicKey, tokenKeyFaults } from './token-key.js';
import { type SettingFault, SettingsError } from './settings.error.js';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the settings depend on beside the environment. */
export interface LoadOptions {
  /** @defaultValue whether the environment says `NODE_ENV=production` */
  production?: boolean;
  /** Whether a person is reading the output. @defaultValue false */
  terminal?: boolean;
  /**
   * Gives the secret of a server in development that has no JWT_SECRET. Called for settings without a fault only.
   *
   * @defaultValue one that is made once and kept in DATA_DIR
   */
  developmentSecret?: (dataDir: string) => string;
}

/** The longest value that a fault quotes, in characters. */
const QUOTED_LENGTH = 60;

/**
 * The settings in these variables; frozen. Variables that are no settings are ignored, an empty string counts as unset.
 *
 * @throws SettingsError with every fault
 * @publicApi
 */
export function loadSettings(environment: Environment, options: LoadOptions = {}): Settings {
  const { production = environment.NODE_ENV === 'production', terminal = false, developmentSecret = keptSecret } = options;
  const given = givenValues(environment);
  const settings = plainToInstance(Settings, { ...(terminal && !production && { logFormat: 'pretty' }), ...(!production && { debugMode: 'allowed' }), ...given });
  const faults = [...findFaults(settings, given), ...engineFaults(settings), ...tokenKeyFaults(settings, production)];
  if (faults.length > 0) throw new SettingsError(faults);
  const { jwtSecret, jwtPublicKey, jwtJwksUri } = settings;
  if (jwtPublicKey !== undefined) Object.assign(settings, { jwtPublicKey: readPublicKey(jwtPublicKey) });
  if ((jwtSecret ?? jwtPublicKey ?? jwtJwksUri) === undefined) Object.assign(settings, { jwtSecret: developmentSecret(settings.dataDir) });
  return Object.freeze(settings);
}

/** The text of each setting that is set, by property. */
function givenValues(environment: Environment): Partial<Record<keyof Settings, string>> {
  const given: Partial<Record<keyof Settings, string>> = {};
  for (const property of SETTING_PROPERTIES) {
    const value = environment[environmentName(property)];
    if (value !== undefined && value !== '') given[property] = value;
  }
  return given;
}

function findFaults(settings: Settings, given: Partial<Record<keyof Settings, string>>): SettingFault[] {
  const failed = new Set(validateSync(settings).map(({ property }) => property));
  return SETTING_PROPERTIES.filter((property) => failed.has(property)).map((property) => {
    const { allowed, secret } = ruleOf(property);
    const problem = secret ? 'has a value that cannot be used (not shown)' : `is ${quoted(settings, given, property)}`;
    return { name: environmentName(property), problem, allowed };
  });
}

function engineFaults({ engine, redisUrl }: Settings): SettingFault[] {
  if (engine !== 'redis' || redisUrl !== undefined) return [];
  return [{ name: environmentName('redisUrl'), problem: 'is not set, and ENGINE=redis needs it', allowed: ruleOf('redisUrl').allowed }];
}

function quoted(settings: Settings, given: Partial<Record<keyof Settings, string>>, property: keyof Settings): string {
  const value = given[property];
  if (value === undefined) return `${settings[property]} by default`;
  return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}…` : value);
}
