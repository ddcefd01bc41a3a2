// Nest's WebSocket adapter, as far as it concerns us: authenticated connections, commands in order, answers with their `ref`.
import type { Server } from 'node:http';
import type { INestApplicationContext, WsMessageHandler } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { isObservable, lastValueFrom } from 'rxjs';
import { type RawData, type ServerOptions, WebSocketServer } from 'ws';
import { Settings } from '../config/index.js';
import { Clock, monotonicClock } from '../log/index.js';
import { ChatError, CloseCode, type ControlFrames, type ErrorCode, InvalidFrameError, parseInboundFrame, SUBPROTOCOL_V1, type InboundFrame } from '../protocol/index.js';
import { ChatEvents } from '../events/index.js';
import { SlidingWindow } from '../limits/index.js';
import { DeflatingServer } from './deflating-server.js';
import { CONNECTION_OPENED, UpgradeHandler, WEBSOCKET_PATH } from './upgrade-handler.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** How long a peer may take to answer a close frame before its socket is destroyed: one that is dead never does, ms. */
const CLOSE_TIMEOUT_MS = 5_000;

/** Frames that one message may come in. Each takes memory of its own beside its bytes, which MAX_PAYLOAD_BYTES bounds. */
const MAX_FRAGMENTS = 1024;

/** Pieces that the bytes of one message may arrive in: even small packets hold so many bytes. */
const CHUNK_BYTES = 256;
const MIN_BUFFERED_CHUNKS = 4096;

const MINUTE_MS = 60_000;

/** What a frame fails with that cannot be understood; a command whose content is wrong is no such frame. */
const UNINTELLIGIBLE: ReadonlySet<ErrorCode> = new Set(['INVALID_FRAME', 'UNKNOWN_TYPE']);

function otherGateway(path: unknown): string {
  const named = path === undefined ? 'one without a path' : `the one of ${JSON.stringify(path)}`;
  return `DeliveryWsAdapter serves the gateway of ${WEBSOCKET_PATH} alone, not ${named}: put gateways of your own into another application, on a port of its own.`;
}

/**
 * Gives the gateway a {@link WebSocketConnection} as its client, and an {@link InboundFrame} as the message's body.
 *
 * @publicApi
 */
export class DeliveryWsAdapter extends WsAdapter {
  private readonly settings: Settings;
  private readonly upgrades: UpgradeHandler;
  private readonly clock: Clock;
  private readonly events: ChatEvents;
  private readonly invalid = new WeakMap<WebSocketConnection, SlidingWindow>();

  constructor(app: INestApplicationContext) {
    super(app);
    this.settings = app.get(Settings);
    this.upgrades = app.get(UpgradeHandler);
    this.clock = app.get<Clock>(Clock);
    this.events = app.get(ChatEvents);
  }

  override create(_port: number, options?: Record<string, unknown>): WebSocketServer {
    if (options?.path !== WEBSOCKET_PATH) throw new Error(otherGateway(options?.path));
    // The library's types do not know all of these yet.
    const serverOptions: ServerOptions & { maxPayload: number; closeTimeout: number; maxFragments: number; maxBufferedChunks: number } = {
      noServer: true,
      closeTimeout: CLOSE_TIMEOUT_MS,
      clientTracking: false,
      maxPayload: this.settings.maxPayloadBytes,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: Math.max(MIN_BUFFERED_CHUNKS, this.settings.maxPayloadBytes / CHUNK_BYTES),
      perMessageDeflate: false,
      // Pings are answered where they are counted.
      autoPong: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL_V1) ? SUBPROTOCOL_V1 : false),
    };
    const server = this.settings.compressionThresholdBytes > 0 ? new DeflatingServer(serverOptions) : new WebSocketServer(serverOptions);
    this.upgrades.serve(this.httpServer as Server, server);
    return server;
  }

  override bindClientConnect(server: WebSocketServer, callback: (connection: WebSocketConnection) => void): void {
    server.on(CONNECTION_OPENED, callback);
  }

  override bindClientDisconnect(connection: WebSocketConnection, callback: (code: number) => void): void {
    connection.onEnd(callback);
  }

  override bindMessageHandlers(connection: unknown, handlers: WsMessageHandler[]): void {
    const client = connection as WebSocketConnection;
    const byType = new Map(handlers.map((handler) => [handler.message, handler]));
    client.webSocket.on('message', (data: RawData, isBinary: boolean) => {
      client.commands.add(() => this.handle(client, byType, data, isBinary));
    });
  }

  private async handle(connection: WebSocketConnection, handlers: ReadonlyMap<string, WsMessageHandler>, data: RawData, isBinary: boolean): Promise<void> {
    await connection.writable();
    if (!connection.isOpen) return;
    let frame: InboundFrame | undefined;
    try {
      if (isBinary) throw new ChatError('INVALID_FRAME', 'Binary frames are not understood');
      // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a text message is one Buffer
      frame = parseInboundFrame(data.toString());
      const handler = handlers.get(frame.type);
      if (handler === undefined) throw new ChatError('UNKNOWN_TYPE');
      if (connection.debug !== undefined) connection.note('command', { type: frame.type });
      const returned: unknown = await (handler.callback as (frame: InboundFrame, type: string) => unknown)(frame, frame.type);
      // Behind an interceptor of the application nothing happens before somebody subscribes.
      const result: unknown = isObservable(returned) ? await lastValueFrom(returned, { defaultValue: undefined }) : returned;
      if (result !== undefined) connection.sendControl('ack', result as ControlFrames['ack']['data'], frame.ref);
    } catch (error) {
      const known = error instanceof ChatError ? error : new ChatError('SERVER_ERROR');
      connection.sendError(known, new Date(this.clock.now()).toISOString(), known instanceof InvalidFrameError ? known.ref : frame?.ref);
      if (UNINTELLIGIBLE.has(known.code)) this.countInvalid(connection);
    }
  }

  /** So many in a minute, and the client has to be mended before it comes back. */
  private countInvalid(connection: WebSocketConnection): void {
    this.events.emit('invalidFrame', connection.reference);
    const window = this.invalid.get(connection) ?? new SlidingWindow(MINUTE_MS);
    this.invalid.set(connection, window);
    const limit = this.settings.invalidFramesPerMinute;
    window.take(monotonicClock.now(), limit);
    if (window.used(monotonicClock.now()) >= limit) connection.close(CloseCode.InvalidFrames, 'too many invalid frames');
  }
}
