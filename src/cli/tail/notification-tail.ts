// Following a client's notifications over as many connections as it takes.
import { setTimeout as pause } from 'node:timers/promises';
import { CloseCode, isJsonObject } from '../../protocol/index.js';
import { BackOff } from './back-off.js';
import { ReceivedPositions } from './received-positions.js';
import { type Ending, TailConnection, type TailFrame } from './tail-connection.js';

/** Connecting again would be answered in the same way. */
const FINAL_CODES: readonly number[] = [CloseCode.InvalidFrames, CloseCode.Unauthenticated, CloseCode.Banned];

/** Of the refusals before the upgrade, those that pass. */
const PASSING_STATUSES: readonly number[] = [408, 429];

/** The server stops writing at 256 notifications or 1 MiB that are not acknowledged: well before, they are. */
const ACKNOWLEDGE_AFTER_NOTIFICATIONS = 64;
const ACKNOWLEDGE_AFTER_BYTES = 256 * 1024;

/** What to follow, and where to say what comes. */
export interface TailOptions {
  url: URL;
  token: string;
  /** Ends after so many notifications, which are then acknowledged; further ones stay in the queue. */
  count?: number;
  /** Gets each frame, as it came. */
  print: (text: string) => void;
  /** Gets what happens to the connection. */
  note: (text: string) => void;
}

/** Connects, and connects again, until it is told to stop, has enough or is refused for good. */
export class NotificationTail {
  private readonly positions = new ReceivedPositions();
  private readonly backOff = new BackOff();
  private readonly stopped = new AbortController();
  private connection: TailConnection | undefined;
  private missing: number;
  private unacknowledged = 0;
  private unacknowledgedBytes = 0;
  private announcedWaitMs = 0;
  private finished = false;

  constructor(private readonly options: TailOptions) {
    this.missing = options.count ?? Infinity;
  }

  /**
   * Resolves when it was stopped or has its notifications.
   *
   * @throws Error when the server refuses it for good
   */
  async run(): Promise<void> {
    for (;;) {
      const ending = await this.follow();
      if (this.finished || this.stopped.signal.aborted) return;
      if (isFinal(ending)) throw new Error(`refused by the server: ${ending.reason}`);
      const waitMs = Math.max(this.announcedWaitMs, ending.retryAfterMs ?? 0) + this.backOff.next();
      this.options.note(`not connected (${ending.reason}), trying again in ${(waitMs / 1000).toFixed(1)} s`);
      await pause(waitMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      if (this.stopped.signal.aborted) return;
    }
  }

  /** Ends it. */
  stop(): void {
    this.stopped.abort();
    this.connection?.close();
  }

  private follow(): Promise<Ending> {
    this.announcedWaitMs = 0;
    this.positions.forgetAcknowledged();
    const connection = new TailConnection(this.options.url, this.options.token, (frame, text) => this.receive(connection, frame, text));
    this.connection = connection;
    return connection.ended;
  }

  private receive(connection: TailConnection, frame: TailFrame, text: string): void {
    const { type, id, seq } = frame;
    if (type === 'connected') this.welcome(connection, numberIn(frame.data, 'heartbeat_interval'));
    if (type === 'reconnect') this.announcedWaitMs = numberIn(frame.data, 'after_ms') ?? 0;
    if (this.missing === 0) return;
    if (typeof id !== 'string' || typeof seq !== 'number') {
      this.options.print(text);
    } else if (this.positions.note(id, seq)) {
      this.options.print(text);
      this.count(connection, text);
    }
  }

  private welcome(connection: TailConnection, heartbeatSeconds: number | undefined): void {
    this.backOff.reset();
    if (heartbeatSeconds !== undefined) connection.expectHeartbeats(heartbeatSeconds);
    // The connection that brought the last one broke before its acknowledgement was answered.
    if (this.missing === 0) void this.finish(connection);
  }

  private count(connection: TailConnection, text: string): void {
    if (this.options.count === undefined) return;
    this.missing--;
    this.unacknowledged++;
    this.unacknowledgedBytes += text.length;
    if (this.missing === 0) {
      void this.finish(connection);
    } else if (this.unacknowledged >= ACKNOWLEDGE_AFTER_NOTIFICATIONS || this.unacknowledgedBytes >= ACKNOWLEDGE_AFTER_BYTES) {
      void this.acknowledge(connection);
    }
  }

  private async acknowledge(connection: TailConnection): Promise<void> {
    this.unacknowledged = 0;
    this.unacknowledgedBytes = 0;
    await Promise.all(this.positions.takeUnacknowledged().map((position) => connection.command('ack', position)));
  }

  private async finish(connection: TailConnection): Promise<void> {
    await this.acknowledge(connection);
    this.finished = true;
    connection.close();
  }
}

function isFinal({ code, status }: Ending): boolean {
  if (status !== undefined) return status < 500 && !PASSING_STATUSES.includes(status);
  return FINAL_CODES.includes(code);
}

function numberIn(data: unknown, name: string): number | undefined {
  const value = isJsonObject(data) ? data[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}
