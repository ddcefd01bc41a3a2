// The client: one connection at a time, made again for as long as it helps, and everything that is not lost over them.
import type { ConnectedData, QueueOverflowData } from '../protocol/subprotocol.js';
import { ChatClientError, errorOf } from './client-error.js';
import type { ChatClientEvents, ConnectionState, Listener, ServerFrame } from './client-events.js';
import { type ChatClientOptions, settle, type Settled, type TokenReason } from './client-options.js';
import { FRAME_TOO_LARGE, reactionTo } from './close-reactions.js';
import { Emitter } from './emitter.js';
import { endpoint, type Surroundings, webSocketOf } from './endpoint.js';
import { GIVEN_UP, Inbox } from './inbox.js';
import { Link } from './link.js';
import { Outbox, type SendOptions, type SentMessage } from './outbox.js';
import { ReturnPolicy } from './return-policy.js';
import { isNotification } from './server-frame.js';
import { TokenSource } from './token-source.js';

/** The promise of `connect()`, until it is known how it ends. */
interface Connecting {
  promise: Promise<ConnectedData>;
  resolve: (data: ConnectedData) => void;
  reject: (error: Error) => void;
}

/**
 * A connection to ChatAPI Delivery that lasts: it comes back by itself, removes repeated notifications, sends what you
 * give it once, and keeps its token fresh.
 *
 * @publicApi
 */
export class ChatClient {
  private readonly options: Settled;
  private readonly events = new Emitter();
  private readonly tokens: TokenSource;
  private readonly policy: ReturnPolicy;
  private readonly outbox: Outbox;
  private readonly inbox: Inbox;
  private current: ConnectionState = 'idle';
  private status: 'online' | 'away' = 'online';
  private link: Link | undefined;
  /** Rises with each attempt to connect and with its end, so that what belongs to an earlier one is known. */
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private openedAt = Infinity;
  private tokenReason: TokenReason = 'connect';
  private announcedMs = 0;
  private banMs: number | undefined;
  private connecting: Connecting | undefined;

  constructor(options: ChatClientOptions) {
    const settled = settle(options);
    this.options = settled;
    this.tokens = new TokenSource(settled.token, (error) => this.events.emit('error', error));
    this.policy = new ReturnPolicy(settled);
    this.outbox = new Outbox(settled, (retryInMs) => this.events.emit('rate_limited', { retryInMs }));
    this.inbox = new Inbox(this.events, settled);
  }

  /** Where the connection is. */
  get state(): ConnectionState {
    return this.current;
  }

  /** Messages that are not answered yet. */
  get buffered(): number {
    return this.outbox.size;
  }

  /** Listens to an event; the result ends it. */
  on<Name extends keyof ChatClientEvents>(name: Name, listener: Listener<ChatClientEvents[Name]>): () => void {
    return this.events.on(name, listener);
  }

  /**
   * Connects, and stays connected until {@link close}. Resolves with what the server says first; until then it tries again, too.
   *
   * @throws ChatClientError when trying again would not help, or the client was closed
   */
  connect(): Promise<ConnectedData> {
    if (!this.connecting || this.current === 'closed') {
      this.connecting = newPromise();
      this.policy.reset();
      this.tokenReason = 'connect';
      (globalThis as Surroundings).addEventListener?.('online', this.networkCame);
      void this.open();
    }
    return this.connecting.promise;
  }

  /**
   * Sends a message to a room, now or when there is a connection; messages are sent in the order of the calls.
   *
   * @returns the message as it was stored, once
   * @throws ChatClientError with the server's code when it was refused, `BUFFER_FULL`, `TIMEOUT`, `OUTCOME_UNKNOWN`, or why the client has stopped
   */
  send(room: string, content: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.outbox.add(room, content, options);
  }

  /** Sets this client's own status, now and on later connections. */
  setPresence(status: 'online' | 'away'): void {
    this.status = status;
    if (this.current === 'open') this.link?.send('presence', { status });
  }

  /** With `acknowledge: 'client'`: resolves when the server has confirmed everything that your listeners have handled by now. */
  acknowledged(): Promise<void> {
    return this.inbox.acknowledger.confirmed();
  }

  /** Cuts the connection as if something had happened to it, and makes another one after the back-off; at once while waiting for that. */
  reconnect(): void {
    if (this.current === 'waiting') this.networkCame();
    else this.link?.end(GIVEN_UP, 'cut by its owner');
  }

  /** Closes the connection and stays away; what was not sent is rejected with `CLOSED`. {@link connect} comes back. */
  close(): void {
    this.stop(new ChatClientError('CLOSED', 'The client was closed'));
  }

  private async open(): Promise<void> {
    const attempt = ++this.attempt;
    this.announcedMs = 0;
    this.banMs = undefined;
    this.openedAt = Infinity;
    this.enter('connecting');
    this.timer = setTimeout(() => this.giveUp('no connection in time'), this.options.connectTimeoutMs);
    try {
      const token = await this.tokens.take(this.tokenReason);
      if (attempt !== this.attempt) return;
      this.tokenReason = 'connect';
      // Tokens stand in no address: those are written into logs and histories.
      const socket = new (webSocketOf(this.options))(endpoint(this.options), ['chatapi.v1', `bearer.${token}`]);
      const link = new Link(socket, this.options.heartbeatTimeoutMs, {
        received: (frame) => this.received(link, frame),
        ended: (code, reason) => this.ended(code, reason),
      });
      this.link = link;
    } catch (cause) {
      if (attempt !== this.attempt) return;
      const error = cause instanceof ChatClientError ? cause : new ChatClientError('GAVE_UP', `Cannot connect: ${String(cause)}`, {}, { cause });
      if (error.code === 'GAVE_UP' || !this.tokens.canRenew) return this.stop(error);
      this.events.emit('error', error);
      this.giveUp(error.message);
    }
  }

  /** An attempt came to nothing. */
  private giveUp(reason: string): void {
    if (this.link) this.link.end(GIVEN_UP, reason);
    else this.ended(GIVEN_UP, reason);
  }

  private received(link: Link, frame: ServerFrame): void {
    this.events.emit('frame', frame);
    // A listener may have ended it.
    if (link.isOver) return;
    const { type, data } = frame;
    if (isNotification(frame)) this.inbox.receive(link, frame);
    else if (type === 'connected') this.welcomed(link, data as unknown as ConnectedData);
    else if (type === 'token_expiring') this.tokens.expiring(link, data.expires_at);
    else if (type === 'reconnect') this.announcedMs = Number(data.after_ms) || 0;
    else if (type !== 'error') return;
    else if (data.code === 'QUEUE_OVERFLOW') this.inbox.overflow(data as unknown as QueueOverflowData);
    else {
      if (data.code === 'CLIENT_BANNED') this.banMs = Number(data.retry_after) * 1000;
      this.events.emit('error', errorOf(data));
    }
  }

  private welcomed(link: Link, data: ConnectedData): void {
    clearTimeout(this.timer);
    this.openedAt = Date.now();
    link.beat(this.options.heartbeatIntervalMs ?? data.heartbeat_interval * 1000);
    if (this.status !== 'online') link.send('presence', { status: this.status });
    this.enter('open');
    this.events.emit('connected', data);
    this.connecting?.resolve(data);
    this.inbox.start(link);
    this.outbox.start(link);
  }

  private ended(code: number, reason: string): void {
    clearTimeout(this.timer);
    this.tokens.stop();
    this.link = undefined;
    this.attempt++;
    if (this.current === 'closed') return;
    if (code === FRAME_TOO_LARGE) this.outbox.blame(new ChatClientError('PAYLOAD_TOO_LARGE', 'The server takes no frames this large'));
    if (reactionTo(code) === 'token') this.tokenReason = 'refused';
    const openMs = Math.max(0, Date.now() - this.openedAt);
    const next = this.policy.after({ code, reason, openMs, announcedMs: this.announcedMs, banMs: this.banMs }, this.tokens.canRenew);
    if (typeof next !== 'number') return this.stop(next, code, reason);
    this.timer = setTimeout(() => void this.open(), next);
    this.enter('waiting');
    this.events.emit('disconnected', { code, reason, retryInMs: next });
  }

  private stop(error: ChatClientError, code = 1000, reason = ''): void {
    if (this.current === 'closed') return;
    clearTimeout(this.timer);
    (globalThis as Surroundings).removeEventListener?.('online', this.networkCame);
    this.attempt++;
    this.enter('closed');
    this.link?.close();
    if (error.code !== 'CLOSED') this.events.emit('error', error);
    this.events.emit('disconnected', { code, reason });
    this.outbox.failAll(error);
    this.connecting?.reject(error);
  }

  private enter(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    this.events.emit('state', state);
  }

  /** The network has changed: waiting longer makes no sense, and an old connection may be dead. */
  private readonly networkCame = (): void => {
    if (this.current === 'waiting') {
      clearTimeout(this.timer);
      void this.open();
    } else {
      this.link?.probe();
    }
  };
}

function newPromise(): Connecting {
  const connecting: Partial<Connecting> = {};
  const promise = new Promise<ConnectedData>((resolve, reject) => Object.assign(connecting, { resolve, reject }));
  // Whoever does not look at it learns of failures from the events.
  promise.catch(() => undefined);
  return { ...(connecting as Connecting), promise };
}
