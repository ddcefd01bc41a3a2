// WEBHOOK_* beyond the form of each: where webhooks go, what they are signed with, which there are, and what is wrong with that.
import { literalAddress, OutboundAddresses } from './outbound-addresses.js';
import { environmentName } from './setting-name.js';
import { ruleOf } from './setting-rules.js';
import type { SettingFault } from './settings.error.js';
import type { Settings } from './settings.js';

/** The types of webhooks, in the order of their documentation. */
export const WEBHOOK_TYPES = ['client.online', 'client.offline', 'notification.dropped', 'client.banned'] as const;

/** One of {@link WEBHOOK_TYPES}. */
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** What a signature needs to be worth something. */
const MIN_SECRET_BYTES = 32;
/** Old and new ones during a change; each costs a signature in every request. */
const MAX_SECRETS = 5;
const MAX_URLS = 20;

/** What a secret in base64 begins with, by the Standard Webhooks specification. */
const ENCODED_SECRET = 'whsec_';

type WebhookSettings = Pick<Settings, 'webhookUrls' | 'webhookSecret' | 'webhookEvents' | 'webhookAllowPrivateAddresses'>;

/** Where webhooks go; none when they are off. */
export function webhookUrls({ webhookUrls: setting }: Pick<Settings, 'webhookUrls'>): URL[] {
  return split(setting).map((url) => new URL(url));
}

/** The keys of the signatures, newest first. */
export function webhookKeys({ webhookSecret }: Pick<Settings, 'webhookSecret'>): Buffer[] {
  return split(webhookSecret).map(toKey);
}

/** The types that are sent. */
export function webhookTypes({ webhookEvents }: Pick<Settings, 'webhookEvents'>): ReadonlySet<WebhookType> {
  return new Set(split(webhookEvents) as WebhookType[]);
}

/** Everything that is wrong with them together. No fault holds a URL or a secret. */
export function webhookFaults(settings: WebhookSettings): SettingFault[] {
  const addresses = readAddresses(settings);
  if (!(addresses instanceof OutboundAddresses)) return [addresses];
  const urls = split(settings.webhookUrls);
  return [...urlFaults(urls, addresses), ...secretFaults(settings, urls.length > 0), ...typeFaults(settings)];
}

function readAddresses({ webhookAllowPrivateAddresses }: WebhookSettings): OutboundAddresses | SettingFault {
  try {
    return new OutboundAddresses(webhookAllowPrivateAddresses);
  } catch (error) {
    return fault('webhookAllowPrivateAddresses', (error as Error).message);
  }
}

function urlFaults(urls: readonly string[], addresses: OutboundAddresses): SettingFault[] {
  if (urls.length > MAX_URLS) return [fault('webhookUrls', `names ${urls.length} URLs, more than ${MAX_URLS}`)];
  if (new Set(urls).size < urls.length) return [fault('webhookUrls', 'names a URL twice')];
  return urls.flatMap((url, i) => {
    const problem = urlProblem(url, addresses);
    return problem === undefined ? [] : [fault('webhookUrls', `has a URL (number ${i + 1}) that ${problem}`)];
  });
}

function urlProblem(text: string, addresses: OutboundAddresses): string | undefined {
  if (!URL.canParse(text)) return 'is none';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return `begins with ${protocol}`;
  if (username !== '' || password !== '') return 'holds a user name or a password: the signature says who sends';
  if (hash !== '') return 'has a fragment (#)';
  if (protocol === 'http:' && !addresses.allowsPrivate) return 'begins with http:, which is only for private addresses (WEBHOOK_ALLOW_PRIVATE_ADDRESSES)';
  const address = literalAddress(hostname);
  if (address === undefined) return undefined;
  if (!addresses.isAllowed(address)) return 'names an address that is not public (WEBHOOK_ALLOW_PRIVATE_ADDRESSES)';
  return protocol === 'http:' && !addresses.isAllowedPrivate(address) ? 'begins with http: and names a public address' : undefined;
}

function secretFaults(settings: WebhookSettings, isOn: boolean): SettingFault[] {
  const secrets = split(settings.webhookSecret);
  if (secrets.length === 0) return isOn ? [fault('webhookSecret', 'is not set, and WEBHOOK_URLS needs it')] : [];
  if (secrets.length > MAX_SECRETS) return [fault('webhookSecret', `names ${secrets.length} secrets, more than ${MAX_SECRETS}`)];
  const short = secrets.findIndex((secret) => toKey(secret).length < MIN_SECRET_BYTES);
  return short === -1 ? [] : [fault('webhookSecret', `has a secret (number ${short + 1}) of fewer than ${MIN_SECRET_BYTES} bytes`)];
}

function typeFaults(settings: WebhookSettings): SettingFault[] {
  const unknown = split(settings.webhookEvents).find((type) => !(WEBHOOK_TYPES as readonly string[]).includes(type));
  return unknown === undefined ? [] : [fault('webhookEvents', `names ${JSON.stringify(unknown.slice(0, 60))}, which there is not`)];
}

function toKey(secret: string): Buffer {
  return secret.startsWith(ENCODED_SECRET) ? Buffer.from(secret.slice(ENCODED_SECRET.length), 'base64') : Buffer.from(secret);
}

function split(setting: string | undefined): string[] {
  return (setting ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function fault(property: keyof WebhookSettings, problem: string): SettingFault {
  return { name: environmentName(property), problem, allowed: ruleOf(property).allowed };
}
