// From environment variables, or values that an application gives, to valid settings, or to every fault in them.
import { inspect } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { keptSecret } from './development-secret.js';
import { environmentName } from './setting-name.js';
import { ruleOf } from './setting-rules.js';
import { SETTING_PROPERTIES, Settings } from './settings.js';
import { readPublicKey, tokenKeyFaults } from './token-key.js';
import { type SettingFault, SettingsError } from './settings.error.js';
import { webhookFaults } from './webhook-settings.js';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Any of the settings; undefined is as good as absent.
 *
 * @publicApi
 */
export type GivenSettings = { readonly [K in keyof Settings]?: Settings[K] | undefined };

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
  /** Whether tokens are checked with a key of these settings; without that none is needed. @defaultValue true */
  tokenKey?: boolean;
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
  return settingsOf(givenValues(environment), { ...options, production: options.production ?? environment.NODE_ENV === 'production' });
}

/**
 * The settings of an application that does not take them from the environment: those that are given, and the defaults of all others.
 * Undefined counts as unset. The environment is asked for `NODE_ENV` alone.
 *
 * @throws SettingsError with every fault, which calls settings what they are called in the environment
 * @publicApi
 */
export function completeSettings(given: GivenSettings, options: LoadOptions = {}): Settings {
  const unknown = Object.keys(given).filter((name) => !SETTING_PROPERTIES.includes(name as keyof Settings));
  if (unknown.length > 0) throw new SettingsError(unknown.map((name) => ({ name, problem: 'is no setting', allowed: SETTING_PROPERTIES.join(', ') })));
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return settingsOf(set, { ...options, production: options.production ?? process.env.NODE_ENV === 'production' });
}

/** What is given of the settings, by property: text, or what it stands for. */
type GivenValues = Partial<Record<keyof Settings, unknown>>;

function settingsOf(given: GivenValues, options: LoadOptions & { production: boolean }): Settings {
  const { production, terminal = false, developmentSecret = keptSecret, tokenKey = true } = options;
  const settings = plainToInstance(Settings, { ...(terminal && !production && { logFormat: 'pretty' }), ...(!production && { debugMode: 'allowed' }), ...given });
  const ofForm = findFaults(settings, given);
  const isWebhookFault = ofForm.some(({ name }) => name.startsWith('WEBHOOK_'));
  const faults = [...ofForm, ...engineFaults(settings), ...tokenKeyFaults(settings, production, production && tokenKey), ...(isWebhookFault ? [] : webhookFaults(settings))];
  if (faults.length > 0) throw new SettingsError(faults);
  const { jwtSecret, jwtPublicKey, jwtJwksUri } = settings;
  if (jwtPublicKey !== undefined) Object.assign(settings, { jwtPublicKey: readPublicKey(jwtPublicKey) });
  if (tokenKey && (jwtSecret ?? jwtPublicKey ?? jwtJwksUri) === undefined) Object.assign(settings, { jwtSecret: developmentSecret(settings.dataDir) });
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

function findFaults(settings: Settings, given: GivenValues): SettingFault[] {
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

function quoted(settings: Settings, given: GivenValues, property: keyof Settings): string {
  const value = given[property];
  if (value === undefined) return `${settings[property]} by default`;
  if (typeof value !== 'string') return inspect(value, { breakLength: Infinity }).slice(0, QUOTED_LENGTH);
  return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}…` : value);
}
