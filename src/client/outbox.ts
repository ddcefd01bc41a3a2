// Messages on their way to the server: kept while there is no connection, sent one at a time in their order, and again with the same id until they are answered.
import type { MessageData } from '../protocol/notification.js';
import { ChatClientError, errorOf } from './client-error.js';
import type { ServerFrame } from './client-events.js';
import type { Link } from './link.js';

/** What a message is answered with: it is stored. */
export interface SentMessage extends MessageData {
  /** Its place in the room's order. */
  seq: number;
}

/** About one message. */
export interface SendOptions {
  /** Makes sending it again harmless, even after the page was reloaded; a random one when absent. */
  id?: string;
  /** Delivered with the message. */
  metadata?: Record<string, unknown>;
  /** Rejects with `TIMEOUT` when the message was not answered within so many milliseconds. @defaultValue no limit */
  timeoutMs?: number;
}

/** How much may wait, and for how long it may be sent again. */
export interface OutboxLimits {
  maxBufferedMessages: number;
  maxBufferedLength: number;
  maxResendMs: number;
}

interface Item {
  readonly data: { id: string };
  readonly length: number;
  readonly resolve: (sent: SentMessage) => void;
  readonly reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
  sentAt?: number;
}

/** The longest time that timers take. */
const LONGEST_MS = 2 ** 31 - 1;

/** The server is about to close the connection: the message is sent on the next one. */
const ENDS_CONNECTION: readonly unknown[] = ['CONNECTION_ERROR', 'CLIENT_BANNED'];

/** One message at a time: one that has to wait never comes behind the one after it, and no limit is run into by many at once. */
export class Outbox {
  private readonly items: Item[] = [];
  private length = 0;
  private link: Link | undefined;
  private inFlight: Item | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;

  /** @param limited told when a message has to wait for so many milliseconds because the client has sent too many */
  constructor(
    private readonly limits: OutboxLimits,
    private readonly limited: (retryInMs: number) => void,
  ) {}

  /** Messages that are not answered yet. */
  get size(): number {
    return this.items.length;
  }

  /** Takes a message; resolves when it is stored. */
  add(room: string, content: string, { id = randomId(), metadata, timeoutMs }: SendOptions): Promise<SentMessage> {
    return new Promise((resolve, reject) => {
      const data = { room_id: room, content, id, metadata };
      const { length } = JSON.stringify(data);
      if (this.items.length >= this.limits.maxBufferedMessages || this.length + length > this.limits.maxBufferedLength) {
        throw new ChatClientError('BUFFER_FULL', 'Too many messages wait to be sent');
      }
      const item: Item = { data, length, resolve, reject, timer: undefined };
      if (timeoutMs !== undefined) item.timer = setTimeout(() => this.fail(item, new ChatClientError('TIMEOUT', 'The message was not answered in time', { id })), timeoutMs);
      this.items.push(item);
      this.length += length;
      this.next();
    });
  }

  /** Sends on this connection from now on. */
  start(link: Link): void {
    this.link = link;
    this.next();
  }

  /** The connection ended because of the message that was being sent. */
  blame(error: ChatClientError): void {
    const [first] = this.items;
    if (first?.sentAt !== undefined) this.fail(first, error);
  }

  /** Gives up on everything. */
  failAll(error: ChatClientError): void {
    clearTimeout(this.pause);
    this.pause = undefined;
    for (const item of [...this.items]) this.fail(item, error);
  }

  private next(): void {
    const { link } = this;
    const [item] = this.items;
    if (!item || !link || link.isOver || this.inFlight || this.pause) return;
    const now = Date.now();
    if (now - (item.sentAt ??= now) > this.limits.maxResendMs) {
      this.fail(item, new ChatClientError('OUTCOME_UNKNOWN', 'It is too late to send the message again', { id: item.data.id }));
      return this.next();
    }
    this.inFlight = item;
    link.command('message', item.data, (answer) => {
      this.inFlight = undefined;
      if (answer) this.answered(item, answer);
      this.next();
    });
  }

  private answered(item: Item, { type, data }: ServerFrame): void {
    const { code, retry_after: seconds } = data;
    if (type !== 'error') {
      this.remove(item);
      item.resolve(data as unknown as SentMessage);
    } else if (ENDS_CONNECTION.includes(code)) {
      this.link = undefined;
    } else if (typeof seconds === 'number') {
      const ms = Math.min(seconds * 1000, LONGEST_MS);
      this.pause = setTimeout(() => {
        this.pause = undefined;
        this.next();
      }, ms);
      if (code === 'RATE_LIMIT_EXCEEDED') this.limited(ms);
    } else {
      this.fail(item, errorOf(data));
    }
  }

  private fail(item: Item, error: ChatClientError): void {
    this.remove(item);
    item.reject(error);
  }

  private remove(item: Item): void {
    clearTimeout(item.timer);
    const index = this.items.indexOf(item);
    if (index < 0) return;
    this.items.splice(index, 1);
    this.length -= item.length;
  }
}

/** `crypto.randomUUID` is there on secure pages only. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
