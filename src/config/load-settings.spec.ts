// What the environment may say, and what stops the start.
import { describe, expect, it } from 'vitest';
import { type Environment, loadSettings, type LoadOptions } from './load-settings.js';
import { environmentName } from './setting-name.js';
import { SETTING_PROPERTIES, Settings } from './settings.js';
import { SettingsError } from './settings.error.js';

const SECRET = 'a secret of at least thirty-two bytes';
const MADE_SECRET = 'made for development, and long enough';

function load(environment: Environment, options: LoadOptions = {}): Settings {
  return loadSettings(environment, { production: false, developmentSecret: () => MADE_SECRET, ...options });
}

function refusalOf(environment: Environment, options?: LoadOptions): SettingsError {
  try {
    load(environment, options);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  return expect.unreachable('the settings were accepted');
}

describe('loadSettings', () => {
  it('has a default for everything but the secret', () => {
    expect(load({})).toMatchObject({
      port: 8000,
      host: '0.0.0.0',
      engine: 'embedded',
      dataDir: './data',
      durability: 'fsync',
      queueMaxPerClient: 1000,
      queueTtlSeconds: 604_800,
      maxPayloadBytes: 65_536,
      ackIntervalMs: 1000,
      ackSettleMs: 2000,
      logFormat: 'json',
      jwtIssuer: undefined,
    });
  });

  it('reads each property from the variable that its name is made into', () => {
    expect(SETTING_PROPERTIES.map(environmentName)).toEqual([
      'PORT',
      'HOST',
      'ENGINE',
      'REDIS_URL',
      'REDIS_TLS_CA',
      'REDIS_TLS_CERT',
      'REDIS_TLS_KEY',
      'REDIS_PREFIX',
      'REDIS_WAIT_REPLICAS',
      'REDIS_WAIT_TIMEOUT_MS',
      'REDIS_WAIT_DISK',
      'DATA_DIR',
      'DURABILITY',
      'STORE_MAX_BYTES',
      'JWT_SECRET',
      'JWT_PUBLIC_KEY',
      'JWT_JWKS_URI',
      'JWT_ALGORITHMS',
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'JWT_CLOCK_TOLERANCE_SECONDS',
      'TOKEN_EXPIRING_SECONDS',
      'REVOCATION_TTL_SECONDS',
      'ALLOWED_ORIGINS',
      'TRUST_PROXY',
      'RATE_LIMIT_MAX',
      'RATE_LIMIT_WINDOW_SECONDS',
      'RATE_LIMIT_OVERFLOW',
      'RATE_LIMIT_QUEUE_MAX',
      'PUBLISH_RATE_LIMIT_MAX',
      'CONTROL_RATE_LIMIT_MAX',
      'BAN_THRESHOLD',
      'BAN_SECONDS',
      'MAX_CONNECTIONS',
      'MAX_CONNECTIONS_PER_CLIENT',
      'CONNECTION_LIMIT_POLICY',
      'MAX_CONNECTIONS_PER_IP',
      'MAX_CONNECTION_LIFETIME_SECONDS',
      'HANDSHAKE_TIMEOUT_SECONDS',
      'AUTH_FAILURES_PER_MINUTE',
      'INVALID_FRAMES_PER_MINUTE',
      'QUEUE_MAX_PER_CLIENT',
      'QUEUE_TTL_SECONDS',
      'IDEMPOTENCY_TTL_SECONDS',
      'MAX_PAYLOAD_BYTES',
      'COMPRESSION_THRESHOLD_BYTES',
      'SSE_RETRY_MS',
      'SSE_EVENT_ID_MAX_BYTES',
      'HEARTBEAT_INTERVAL_SECONDS',
      'HEARTBEAT_TIMEOUT_SECONDS',
      'ACK_INTERVAL_MS',
      'ACK_SETTLE_MS',
      'SEND_BUFFER_MAX_BYTES',
      'PRESENCE_GRACE_SECONDS',
      'PRESENCE_MAX_ROOM_SIZE',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'DEBUG_MODE',
      'NODE_NAME',
      'SHUTDOWN_DRAIN_SECONDS',
      'AUDIT',
      'AUDIT_DIR',
      'AUDIT_DELIVERIES',
      'AUDIT_FILE_MAX_BYTES',
      'AUDIT_FILE_MAX_SECONDS',
      'AUDIT_RETENTION_SECONDS',
      'WEBHOOK_URLS',
      'WEBHOOK_SECRET',
      'WEBHOOK_EVENTS',
      'WEBHOOK_ALLOW_PRIVATE_ADDRESSES',
      'WEBHOOK_TIMEOUT_SECONDS',
      'WEBHOOK_MAX_ATTEMPTS',
      'WEBHOOK_RETRY_SECONDS',
      'WEBHOOK_BACKOFF_BASE_SECONDS',
      'WEBHOOK_BACKOFF_MAX_SECONDS',
      'WEBHOOK_QUEUE_MAX',
      'WEBHOOK_CONCURRENCY',
      'WEBHOOK_DROPPED_INTERVAL_SECONDS',
      'METRICS_TOKEN',
      'DOCS',
      'CANARY_INTERVAL_SECONDS',
      'TAIL_CACHE_BYTES',
    ]);
    expect(load({ PORT: '0', DURABILITY: 'os', JWT_ISSUER: 'me', JWT_SECRET: SECRET, HEARTBEAT_INTERVAL_SECONDS: '0.5' })).toMatchObject({
      port: 0,
      durability: 'os',
      jwtIssuer: 'me',
      jwtSecret: SECRET,
      heartbeatIntervalSeconds: 0.5,
    });
  });

  it('ignores variables that are no settings', () => {
    expect(Object.keys(load({ PATH: '/bin', REDIS_HOST: 'localhost', port: '1' }))).toEqual([...SETTING_PROPERTIES]);
  });

  it('takes an empty string for unset', () => {
    expect(load({ PORT: '', JWT_SECRET: '', LOG_LEVEL: '', JWT_AUDIENCE: '' })).toEqual(load({}));
  });

  it('gives an instance that cannot be changed', () => {
    const settings = load({ JWT_SECRET: SECRET });
    expect(settings).toBeInstanceOf(Settings);
    expect(settings).toSatisfy(Object.isFrozen);
    expect(load({})).toSatisfy(Object.isFrozen);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', ' 80'],
    ['HOST', 'a b'],
    ['HOST', 'a\r\nb'],
    ['ENGINE', 'memory'],
    ['REDIS_PREFIX', 'a:b'],
    ['REDIS_WAIT_REPLICAS', '-1'],
    ['REDIS_WAIT_TIMEOUT_MS', '0'],
    ['REDIS_WAIT_DISK', 'maybe'],
    ['DURABILITY', 'FSYNC'],
    ['STORE_MAX_BYTES', '1000'],
    ['JWT_CLOCK_TOLERANCE_SECONDS', '0.5'],
    ['QUEUE_MAX_PER_CLIENT', '0'],
    ['QUEUE_MAX_PER_CLIENT', '1e3'],
    ['QUEUE_TTL_SECONDS', '-5'],
    ['IDEMPOTENCY_TTL_SECONDS', 'a day'],
    ['MAX_PAYLOAD_BYTES', '64k'],
    ['HEARTBEAT_INTERVAL_SECONDS', 'NaN'],
    ['HEARTBEAT_TIMEOUT_SECONDS', 'Infinity'],
    ['ACK_INTERVAL_MS', '1.5'],
    ['ACK_SETTLE_MS', '-1'],
    ['SEND_BUFFER_MAX_BYTES', '1'],
    ['PRESENCE_GRACE_SECONDS', '5s'],
    ['PRESENCE_MAX_ROOM_SIZE', 'many'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['SHUTDOWN_DRAIN_SECONDS', '99999'],
    ['CANARY_INTERVAL_SECONDS', '0'],
    ['TAIL_CACHE_BYTES', '-1'],
  ])('refuses %s=%s, naming it, its value and what is allowed', (name, value) => {
    const { faults, message } = refusalOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0].name).toBe(name);
    expect(faults[0].problem).toContain(JSON.stringify(value));
    expect(message).toContain(faults[0].allowed);
  });

  it('lists every fault in one message', () => {
    expect(refusalOf({ PORT: 'x', ENGINE: 'memory', ACK_SETTLE_MS: '-1', HEARTBEAT_TIMEOUT_SECONDS: '10' }).message).toBe(
      [
        'The settings are not valid:',
        '  PORT is "x"; allowed: a whole number from 0 to 65535',
        '  ENGINE is "memory"; allowed: embedded, redis',
        '  HEARTBEAT_TIMEOUT_SECONDS is "10"; allowed: a number from 0.1 to 7200, more than HEARTBEAT_INTERVAL_SECONDS',
        '  ACK_SETTLE_MS is "-1"; allowed: a whole number from 0 to 60000',
      ].join('\n'),
    );
  });

  it('says so when a setting that was left alone no longer fits another', () => {
    expect(refusalOf({ HEARTBEAT_INTERVAL_SECONDS: '60' }).message).toContain('HEARTBEAT_TIMEOUT_SECONDS is 60 by default');
  });

  it('refuses a short secret without showing it', () => {
    const { message } = refusalOf({ JWT_SECRET: 'hunter2' });
    expect(message).toContain('JWT_SECRET');
    expect(message).toContain('32 bytes or more');
    expect(message).not.toContain('hunter2');
  });

  it('asks for the Redis of ENGINE=redis, and never shows its URL', () => {
    expect(refusalOf({ ENGINE: 'redis' }).message).toContain('REDIS_URL is not set, and ENGINE=redis needs it');
    const wrong = refusalOf({ ENGINE: 'redis', REDIS_URL: 'http://me:hunter2@one' });
    expect(wrong.faults.map(({ name }) => name)).toEqual(['REDIS_URL']);
    expect(wrong.message).not.toContain('hunter2');
    for (const url of ['redis://one', 'rediss://me:hunter2@one:6380/0', 'redis://[::1]:7000', 'redis://one:7000,two:7000, redis://three:7000?master=chat']) {
      expect(load({ ENGINE: 'redis', REDIS_URL: url })).toMatchObject({ engine: 'redis', redisUrl: url });
    }
  });

  it('counts the bytes of a secret, not its characters', () => {
    expect(load({ JWT_SECRET: 'ä'.repeat(16) }).jwtSecret).toHaveLength(16);
    expect(refusalOf({ JWT_SECRET: 'x'.repeat(31) }).faults).toHaveLength(1);
  });

  it('has no fault that quotes more than the beginning of a long value', () => {
    expect(refusalOf({ PORT: '9'.repeat(10_000) }).message.length).toBeLessThan(200);
  });

  it('asks for a secret of its own in development, in the directory of the data', () => {
    const asked: string[] = [];
    const developmentSecret = (dataDir: string): string => {
      asked.push(dataDir);
      return MADE_SECRET;
    };
    expect(load({ DATA_DIR: '/somewhere' }, { developmentSecret }).jwtSecret).toBe(MADE_SECRET);
    expect(load({ JWT_SECRET: SECRET }, { developmentSecret }).jwtSecret).toBe(SECRET);
    expect(asked).toEqual(['/somewhere']);
  });

  it('makes no secret when a setting is wrong', () => {
    const developmentSecret = (): string => expect.unreachable('a secret was made');
    expect(refusalOf({ PORT: 'x' }, { developmentSecret }).faults).toHaveLength(1);
  });

  it('refuses to run in production without a secret', () => {
    const developmentSecret = (): string => expect.unreachable('a secret was made');
    expect(refusalOf({}, { production: true, developmentSecret }).message).toContain('JWT_SECRET is not set, and NODE_ENV=production needs it');
    expect(load({ JWT_SECRET: SECRET }, { production: true, developmentSecret }).jwtSecret).toBe(SECRET);
  });

  it('lets everybody debug outside production and scopes in it, unless it is told', () => {
    expect(loadSettings({ JWT_SECRET: SECRET }).debugMode).toBe('allowed');
    expect(loadSettings({ JWT_SECRET: SECRET, NODE_ENV: 'production' }).debugMode).toBe('scope');
    expect(loadSettings({ JWT_SECRET: SECRET, DEBUG_MODE: 'off' }).debugMode).toBe('off');
    expect(loadSettings({ JWT_SECRET: SECRET, NODE_ENV: 'production', DEBUG_MODE: 'allowed' }).debugMode).toBe('allowed');
  });

  it('takes NODE_ENV=production of the environment for production', () => {
    expect(() => loadSettings({ NODE_ENV: 'production' })).toThrow(SettingsError);
    expect(loadSettings({ NODE_ENV: 'production', JWT_SECRET: SECRET }).jwtSecret).toBe(SECRET);
  });

  it('logs for people on a terminal in development, unless told otherwise', () => {
    expect(load({}, { terminal: true }).logFormat).toBe('pretty');
    expect(load({ LOG_FORMAT: 'json' }, { terminal: true }).logFormat).toBe('json');
    expect(load({ JWT_SECRET: SECRET }, { terminal: true, production: true }).logFormat).toBe('json');
  });
});
