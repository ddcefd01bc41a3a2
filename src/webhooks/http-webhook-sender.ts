// Webhooks over HTTPS: signed, to addresses that were looked at before anything is connected to, and with nothing of the answer believed but its status.
import { createHash } from 'node:crypto';
import { lookup, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { OutboundAddresses, type Settings, webhookKeys, webhookUrls } from '../config/index.js';
import type { Clock } from '../log/index.js';
import { retryAfterMs } from './retry-delay.js';
import type { WebhookMessage, WebhookOutcome, WebhookSender } from './webhook-sender.interface.js';
import { signatureOf } from './webhook-signature.js';

/** What is read of an answer, so that its connection can be used again; past it the connection is cut, bytes. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** An unused connection is kept for so long, ms. */
const IDLE_MS = 4_000;

const GONE = 410;

/** Resolves a name to all its addresses, as `dns.lookup` does. */
export type ResolveName = (hostname: string, options: { readonly all: true }, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/** The name stands for an address that is not allowed. */
class AddressError extends Error {
  constructor(hostname: string) {
    super(`${hostname} stands for an address that is not allowed (WEBHOOK_ALLOW_PRIVATE_ADDRESSES)`);
    this.name = 'AddressError';
  }
}

/** A receiver. */
interface Endpoint {
  readonly url: URL;
  readonly agent: HttpAgent | HttpsAgent;
}

/** What the sender takes from the settings. */
export type WebhookSenderSettings = Pick<Settings, 'webhookUrls' | 'webhookSecret' | 'webhookAllowPrivateAddresses' | 'webhookTimeoutSeconds'>;

/** The sender that WEBHOOK_* describe. */
export function httpWebhookSender(settings: Settings, clock: Clock): HttpWebhookSender {
  return new HttpWebhookSender(settings, clock);
}

/** A name for a URL that gives nothing of it away: paths and queries may be secrets, and names stand in the store. */
export function destinationOf(url: URL): string {
  return createHash('sha256').update(url.href).digest('base64url').slice(0, 16);
}

/**
 * POSTs webhooks by the Standard Webhooks specification. 2xx is delivered, 410 gone, everything else failed; redirections are not followed. The agents are our own, so no proxy of the
 * environment stands in between.
 *
 * @publicApi
 */
export class HttpWebhookSender implements WebhookSender {
  readonly destinations: readonly string[];
  private readonly endpoints: ReadonlyMap<string, Endpoint>;
  private readonly keys: readonly Buffer[];
  private readonly addresses: OutboundAddresses;
  private readonly timeoutMs: number;

  constructor(
    settings: WebhookSenderSettings,
    private readonly clock: Clock,
    private readonly resolve: ResolveName = lookup,
  ) {
    this.keys = webhookKeys(settings);
    this.addresses = new OutboundAddresses(settings.webhookAllowPrivateAddresses);
    this.timeoutMs = settings.webhookTimeoutSeconds * 1000;
    this.endpoints = new Map(webhookUrls(settings).map((url) => [destinationOf(url), { url, agent: this.agentFor(url) }]));
    this.destinations = [...this.endpoints.keys()];
  }

  send(destination: string, message: WebhookMessage, signal: AbortSignal): Promise<WebhookOutcome> {
    const endpoint = this.endpoints.get(destination);
    if (endpoint === undefined) return Promise.reject(new Error(`There is no destination ${destination}`));
    return this.post(endpoint, message, signal);
  }

  close(): void {
    for (const { agent } of this.endpoints.values()) agent.destroy();
  }

  private post({ url, agent }: Endpoint, { id, body }: WebhookMessage, signal: AbortSignal): Promise<WebhookOutcome> {
    const timestamp = Math.floor(this.clock.now() / 1000);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'chatapi-delivery',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatureOf({ id, timestamp, body }, this.keys),
    };
    const options: RequestOptions = { method: 'POST', agent, headers };
    return new Promise((settle) => {
      let outcome: WebhookOutcome | undefined;
      let isCut = false;
      const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
      const cut = (): void => {
        isCut = true;
        request.destroy();
      };
      const timer = setTimeout(cut, this.timeoutMs);
      signal.addEventListener('abort', cut, { once: true });
      request.on('response', (response) => {
        outcome = this.judge(url, response);
        readBounded(response);
      });
      // What was answered is answered, whatever becomes of the rest.
      request.on('error', (error) => (outcome ??= failureOf(url, error, isCut)));
      request.on('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cut);
        settle(outcome ?? failureOf(url, undefined, isCut));
      });
      request.end(body);
    });
  }

  private judge({ host }: URL, { statusCode = 0, headers }: IncomingMessage): WebhookOutcome {
    const detail = `${host} has answered ${statusCode}`;
    if (statusCode >= 200 && statusCode < 300) return { kind: 'delivered' };
    if (statusCode === GONE) return { kind: 'gone', detail };
    const after = retryAfterMs(headers['retry-after'], this.clock.now());
    return { kind: 'failed', reason: 'status', detail, ...(after !== undefined && { retryAfterMs: after }) };
  }

  private agentFor(url: URL): HttpAgent | HttpsAgent {
    const options = { keepAlive: true, timeout: IDLE_MS, lookup: this.lookupFor(url) };
    return url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * Resolves names for the connection itself: what was looked at is what is connected to, whatever the name stands for a moment later. One address that is not allowed refuses
   * them all. Addresses in URLs are looked at where settings are loaded.
   */
  private lookupFor({ protocol }: URL): LookupFunction {
    const isAllowed = (address: string): boolean => (protocol === 'https:' ? this.addresses.isAllowed(address) : this.addresses.isAllowedPrivate(address));
    return (hostname, options, callback) => {
      this.resolve(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) callback(error, '', 0);
        else if (found.length === 0 || !found.every(({ address }) => isAllowed(address))) callback(new AddressError(hostname), '', 0);
        else if (options.all) callback(null, found);
        else callback(null, found[0].address, found[0].family);
      });
    };
  }
}

function failureOf({ host }: URL, error: NodeJS.ErrnoException | undefined, isCut: boolean): WebhookOutcome {
  if (isCut) return { kind: 'failed', reason: 'timeout', detail: `${host} has not answered in time` };
  if (error instanceof AddressError) return { kind: 'failed', reason: 'address', detail: error.message };
  return { kind: 'failed', reason: 'unreachable', detail: `${host}: ${error?.code ?? error?.name ?? 'closed'}` };
}

/** Nothing in it is of interest. */
function readBounded(response: IncomingMessage): void {
  let bytes = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) response.destroy();
  });
}
