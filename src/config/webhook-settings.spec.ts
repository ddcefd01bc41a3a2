// What is wrong with WEBHOOK_*, and what they stand for when nothing is.
import { describe, expect, it } from 'vitest';
import { describeSettings } from './describe-settings.js';
import { loadSettings } from './load-settings.js';
import type { Settings } from './settings.js';
import { SettingsError } from './settings.error.js';
import { webhookKeys, webhookTypes, webhookUrls } from './webhook-settings.js';

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;
const URL_ = 'https://hooks.example.com/in?key=hunter2';

function load(environment: Record<string, string>): Settings {
  return loadSettings({ JWT_SECRET: 'x'.repeat(32), ...environment });
}

function refusalOf(environment: Record<string, string>): string {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('webhooks', () => {
  it('are off without URLs', () => {
    expect(webhookUrls(load({}))).toEqual([]);
    expect(webhookUrls(load({ WEBHOOK_SECRET: SECRET }))).toEqual([]);
  });

  it('go to each URL, of every type or those that are named', () => {
    const settings = load({ WEBHOOK_URLS: `${URL_}, https://two.example.com/`, WEBHOOK_SECRET: SECRET });
    expect(webhookUrls(settings).map(({ href }) => href)).toEqual([URL_, 'https://two.example.com/']);
    expect([...webhookTypes(settings)]).toEqual(['client.online', 'client.offline', 'notification.dropped', 'client.banned']);
    expect([...webhookTypes(load({ WEBHOOK_EVENTS: 'client.banned, client.offline' }))]).toEqual(['client.banned', 'client.offline']);
  });

  it('are signed with each secret: its bytes, or what its base64 stands for', () => {
    const plain = 'a secret_of_at_least-thirty-two+bytes'.replaceAll(' ', '-');
    expect(webhookKeys(load({ WEBHOOK_URLS: URL_, WEBHOOK_SECRET: `${SECRET},${plain}` }))).toEqual([KEY, Buffer.from(plain)]);
  });

  it('are shown without URLs and secrets', () => {
    const shown = JSON.stringify(describeSettings(load({ WEBHOOK_URLS: URL_, WEBHOOK_SECRET: SECRET })));
    expect(shown).toContain('"WEBHOOK_URLS":"********","WEBHOOK_SECRET":"********"');
  });

  it('go to private addresses, and by http, where that is allowed', () => {
    const allowed = { WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8, ::1' };
    for (const url of ['http://127.0.0.1:8080/', 'https://[::1]/', 'http://receiver.internal/']) expect(refusalOf({ ...allowed, WEBHOOK_URLS: url })).toBe('accepted');
    expect(refusalOf({ ...allowed, WEBHOOK_URLS: 'http://10.0.0.1/' })).toContain('names an address that is not public');
    expect(refusalOf({ ...allowed, WEBHOOK_URLS: 'http://8.8.8.8/' })).toContain('begins with http: and names a public address');
  });

  it.each([
    ['http://example.com/', 'begins with http:'],
    ['ftp://example.com/', 'begins with ftp:'],
    ['example.com', 'is none'],
    ['https://me:hunter2@example.com/', 'holds a user name or a password'],
    ['https://hunter2@example.com/', 'holds a user name or a password'],
    ['https://:hunter2@example.com/', 'holds a user name or a password'],
    ['https://example.com/#hunter2', 'has a fragment'],
    ['https://127.0.0.1/', 'not public'],
    ['https://2130706433/', 'not public'],
    ['https://[::ffff:127.0.0.1]/', 'not public'],
    ['https://169.254.169.254/latest/meta-data', 'not public'],
    ['https://a.example/,https://a.example/', 'names a URL twice'],
    [Array.from({ length: 21 }, (_, i) => `https://a${i}.example/`).join(), 'names 21 URLs'],
    ['https://a.example/, ,https://b.example/', 'cannot be used'],
  ])('stop the boot when they are to go to %s', (urls, problem) => {
    const message = refusalOf({ WEBHOOK_URLS: urls, WEBHOOK_SECRET: SECRET });
    expect(message).toContain('WEBHOOK_URLS');
    expect(message).toContain(problem);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    [undefined, 'is not set, and WEBHOOK_URLS needs it'],
    ['hunter2', '(number 1) of fewer than 32 bytes'],
    [`${SECRET},whsec_aHVudGVyMg==`, '(number 2) of fewer than 32 bytes'],
    [Array.from({ length: 6 }, () => SECRET).join(), 'names 6 secrets'],
  ])('stop the boot with the secret %s', (secret, problem) => {
    const message = refusalOf({ WEBHOOK_URLS: URL_, ...(secret !== undefined && { WEBHOOK_SECRET: secret }) });
    expect(message).toContain(`WEBHOOK_SECRET`);
    expect(message).toContain(problem);
    expect(message).not.toMatch(/hunter2|aHVudGVy/);
  });

  it.each([
    ['WEBHOOK_EVENTS', 'client.gone', 'names "client.gone", which there is not'],
    ['WEBHOOK_ALLOW_PRIVATE_ADDRESSES', '10.0.0.0/40', 'names "10.0.0.0/40", which is no address or network'],
    ['WEBHOOK_ALLOW_PRIVATE_ADDRESSES', 'yes', 'is "yes"'],
    ['WEBHOOK_CONCURRENCY', '0', 'is "0"'],
    ['WEBHOOK_QUEUE_MAX', '0', 'is "0"'],
  ])('stop the boot with %s=%s', (name, value, problem) => {
    expect(refusalOf({ [name]: value })).toContain(`${name} ${problem}`);
  });
});
