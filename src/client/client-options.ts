// What a client is made with.
import type { WebSocketConstructor } from './web-socket.interface.js';

/**
 * Why a token is asked for. `connect`: for a new connection. `expiring`: the token of the live connection ends soon.
 * `refused`: the server did not accept the last one, so one from a cache will not do.
 */
export type TokenReason = 'connect' | 'expiring' | 'refused';

/** Gives a token, or fails: then it is asked again after a back-off. */
export type TokenProvider = (reason: TokenReason) => string | Promise<string>;

/** How a client connects, and what it keeps. Times are in milliseconds. */
export interface ChatClientOptions {
  /** The endpoint, such as `wss://chat.example.com/ws`. `http` and `https` become `ws` and `wss`; in a page it may be relative to it. */
  url: string | URL;
  /** The client's token, or what to ask for one: before every connection, and before the token of a live one ends. */
  token: string | TokenProvider;
  /** A queue position of its own, for each of a client's devices. */
  device?: string;
  /**
   * What acknowledges notifications. `transport`: that they have arrived. `client`: that your listeners have returned or their promises have
   * resolved; notifications are then handed over one at a time, and what a listener fails on comes again on a new connection.
   *
   * @defaultValue `'transport'`
   */
  acknowledge?: 'transport' | 'client';
  /** Asks the server for debug data in each notification. */
  debug?: boolean;
  /** The class of WebSockets. Node before 22 has none of its own: give it that of the `ws` package. @defaultValue the global one */
  WebSocket?: WebSocketConstructor;

  /** The longest wait before the second attempt to connect; it doubles with each, and the actual wait is any time below. @defaultValue 500 */
  firstDelayMs?: number;
  /** What it doubles up to. @defaultValue 30,000 */
  lastDelayMs?: number;
  /** A connection that lasted this long was a good one: after it the waits, and the count of refused tokens, begin anew. @defaultValue 2,000 */
  stableAfterMs?: number;
  /** Failed attempts in a row after which the client stops. @defaultValue none */
  maxAttempts?: number;
  /** Tokens refused in a row after which the client stops. @defaultValue 3 */
  maxTokenRefusals?: number;
  /** The longest ban that is waited for; 0 stops at once. @defaultValue 3,600,000 */
  maxBanMs?: number;
  /** How long asking for a token and connecting may take together. @defaultValue 10,000 */
  connectTimeoutMs?: number;
  /** Between two pings. @defaultValue the `heartbeat_interval` of the server */
  heartbeatIntervalMs?: number;
  /** How long a ping may go without any sign of life. @defaultValue 10,000 */
  heartbeatTimeoutMs?: number;

  /** Messages that may wait to be sent. @defaultValue 1,000 */
  maxBufferedMessages?: number;
  /** Their JSON together, in UTF-16 units. @defaultValue 4 Mi */
  maxBufferedLength?: number;
  /**
   * A message whose fate is unknown is sent again, with the same id, only this long after it was sent first: later the server may have forgotten the
   * id (its `IDEMPOTENCY_TTL_SECONDS`, a day). @defaultValue 43,200,000
   */
  maxResendMs?: number;
  /** Ids remembered of each room, to know repeated notifications by. @defaultValue 1,000 */
  maxSeenPerRoom?: number;
  /** Ids remembered of all rooms together; rooms that were quiet for longest are forgotten first. @defaultValue 20,000 */
  maxSeen?: number;
}

/** Every option with its value; those that may be absent have no default. */
export type Settled = Required<Omit<ChatClientOptions, 'device' | 'WebSocket' | 'heartbeatIntervalMs'>> &
  Pick<ChatClientOptions, 'device' | 'WebSocket' | 'heartbeatIntervalMs'>;

/** The options with their defaults. */
export function settle(options: ChatClientOptions): Settled {
  return {
    acknowledge: 'transport',
    debug: false,
    firstDelayMs: 500,
    lastDelayMs: 30_000,
    stableAfterMs: 2_000,
    maxAttempts: Infinity,
    maxTokenRefusals: 3,
    maxBanMs: 3_600_000,
    connectTimeoutMs: 10_000,
    heartbeatTimeoutMs: 10_000,
    maxBufferedMessages: 1_000,
    maxBufferedLength: 4_194_304,
    maxResendMs: 43_200_000,
    maxSeenPerRoom: 1_000,
    maxSeen: 20_000,
    ...options,
  };
}
