// A receiver of webhooks over HTTP or HTTPS, that checks each signature by the code in docs/webhooks.md, and answers as it is told.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Certificates } from './certificates.js';
import { until } from './until.js';

const WAIT_TIMEOUT_MS = 20_000;

/** The key of the webhooks of tests. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;

/** An event as it was received. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A request. */
export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: ReceivedEvent;
  /** The status that it was answered with; undefined while it is not answered. */
  readonly status: number | undefined;
}

/** Answers with a status, or by itself. `attempt`: which request with this id it is, from 1 on. */
type Answer = (event: ReceivedEvent, attempt: number, response: ServerResponse) => number | undefined;
type Verify = (secret: string, headers: IncomingHttpHeaders, body: string) => ReceivedEvent;

/** The code that users are given. */
async function documentedVerification(): Promise<Verify> {
  const page = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(page)?.[1] ?? '';
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { verifyWebhook: Verify };
  return module.verifyWebhook;
}

export class WebhookReceiver {
  /** Everything that came and was signed as it should be. */
  readonly requests: ReceivedRequest[] = [];
  /** What was not. */
  readonly refused: unknown[] = [];
  secret = WEBHOOK_SECRET;
  answer: Answer = () => 204;
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly server;
  private readonly verify = documentedVerification();
  private readonly attempts = new Map<string, number>();

  /** @param certificates for TLS */
  constructor(private readonly certificates?: Certificates) {
    const take = (request: IncomingMessage, response: ServerResponse): void => void this.take(request, response);
    this.server = certificates === undefined ? createServer(take) : createSecureServer({ cert: readFileSync(certificates.path('server.pem')), key: readFileSync(certificates.path('server.key')) }, take);
  }

  /** Where it listens, or listened last. */
  port = 0;

  /** Starts it, again where it was. */
  start(): Promise<this> {
    return new Promise((resolve) =>
      this.server.listen(this.port, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port;
        resolve(this);
      }),
    );
  }

  get url(): string {
    return `http${this.certificates === undefined ? '' : 's'}://127.0.0.1:${this.port}/hooks?key=hunter2`;
  }

  /** What a server needs to send here. */
  get settings(): Record<string, string> {
    return { WEBHOOK_URLS: this.url, WEBHOOK_SECRET, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '127.0.0.1', WEBHOOK_BACKOFF_BASE_SECONDS: '0.05', WEBHOOK_BACKOFF_MAX_SECONDS: '0.5' };
  }

  /** What was received and answered with 2xx, in order, repetitions included. */
  get delivered(): ReceivedEvent[] {
    return this.requests.filter(({ status = 0 }) => status >= 200 && status < 300).map(({ event }) => event);
  }

  /** The requests with an event of this type about a client. */
  of(type: string, clientId: string): ReceivedRequest[] {
    return this.requests.filter(({ event }) => event.type === type && event.data.client_id === clientId);
  }

  /** Resolves with the first event of this type about a client that was answered with 2xx. */
  async event(type: string, clientId: string): Promise<ReceivedEvent> {
    const find = (): ReceivedEvent | undefined => this.delivered.find((event) => event.type === type && event.data.client_id === clientId);
    await this.until(`${type} of ${clientId}`, () => find() !== undefined);
    return find() as ReceivedEvent;
  }

  /** Resolves when the condition holds; it is looked at again whenever a request comes or is answered. */
  until(what: string, condition: () => boolean, timeoutMs = WAIT_TIMEOUT_MS): Promise<void> {
    return until(this.changes, condition, {
      inVain: () => {
        const got = this.requests.map(({ event: { type, data }, status }) => `${type} ${String(data.client_id)} ${status}`);
        return `The receiver waited in vain for ${what}; it got ${JSON.stringify(got)}, and refused ${this.refused.join()}`;
      },
      timeoutMs,
    });
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const event = (await this.verify)(this.secret, request.headers, body);
      const attempt = (this.attempts.get(event.id) ?? 0) + 1;
      this.attempts.set(event.id, attempt);
      const received = { headers: request.headers, body, event, status: undefined as number | undefined };
      this.requests.push(received);
      received.status = this.answer(event, attempt, response);
      if (received.status !== undefined) response.writeHead(received.status).end();
    } catch (error) {
      this.refused.push(error);
      response.writeHead(400).end();
    }
    this.changes.emit('change');
  }
}
