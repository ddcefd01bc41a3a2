// The way from a request to an event stream: everything is decided before the stream begins, so that a refusal is an HTTP answer.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Authenticator } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { ConnectionAdmission, ConnectionCapacity, type ConnectionOrigin, RETRY_AFTER_SECONDS } from '../connections/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import type { Place } from '../engine/index.js';
import type { RefusalReason } from '../events/index.js';
import { ConnectionLifecycle } from '../gateway/index.js';
import { problemHeaders, toProblem } from '../http/index.js';
import { ChatError } from '../protocol/index.js';
import { EventStreamConnection } from './event-stream-connection.js';
import { type EventStreamRequest, readEventStreamRequest } from './event-stream-request.js';
import { EventTexts } from './event-texts.js';
import { PageAccess } from './page-access.js';

/** SSE_RETRY_MS is so much shorter or longer for each connection, at most: after a crash they do not all come back at once. */
const RETRY_JITTER = 0.5;

/** Of the answer that does not end. No proxy is to keep or change it, nor to gather it before it passes it on (nginx). */
const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
} as const;

/** One request on its way. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
  readonly headers: Record<string, string>;
}

@Injectable()
export class EventStreams {
  private readonly logger = new Logger('Connections');
  private readonly texts = new EventTexts();

  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    private readonly settings: Settings,
    private readonly admission: ConnectionAdmission,
    private readonly capacity: ConnectionCapacity,
    private readonly pages: PageAccess,
    private readonly queue: DeliveryQueue,
    private readonly connections: ConnectionLifecycle,
  ) {}

  /** Answers one request, sooner or later. Rejects with nothing. */
  async open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = this.pages.headersFor(request);
    const arrival: Arrival = { request, response, address: this.admission.addressOf(request), headers: headers ?? {} };
    try {
      if (headers === undefined) return this.refuse(arrival, 'origin', new ChatError('FORBIDDEN', 'Pages of this origin may not connect'));
      if (this.isTurnedAway(arrival)) return;
      const asked = await this.read(arrival);
      if (asked === undefined) return;
      await this.admission.admit(asked.principal, arrival.address, {
        isRefused: () => this.isRefused(arrival, asked),
        open: (origin, place, makeRoom) => this.begin(arrival, asked, origin, place, makeRoom),
      });
    } catch (error) {
      this.logger.error({ msg: 'event stream not opened', err: error });
      if (response.headersSent) response.destroy();
      else this.answer(arrival, error);
    }
  }

  private async read(arrival: Arrival): Promise<EventStreamRequest | undefined> {
    try {
      return await readEventStreamRequest(arrival.request, this.authenticator);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      if (error.code !== 'CONNECTION_ERROR') this.refuse(arrival, 'invalid_request', error);
      else {
        const waitSeconds = this.admission.failed(arrival.address);
        const told = waitSeconds > 0 ? new ChatError(error.code, error.message, { retry_after: waitSeconds }) : error;
        this.refuse(arrival, waitSeconds > 0 ? 'authentication_repeated' : 'authentication', told);
      }
      return undefined;
    }
  }

  /** Whether there is no room, which may have changed while the token was verified. */
  private isTurnedAway(arrival: Arrival, known?: EventStreamRequest): boolean {
    const turnaway = this.admission.turnaway(arrival.address);
    if (turnaway === undefined) return false;
    const { reason, status, retryAfterSeconds } = turnaway;
    this.refuse(arrival, reason, new ChatError('CONNECTION_ERROR', 'No room for another connection now', { retry_after: retryAfterSeconds }), known, status);
    return true;
  }

  private isRefused(arrival: Arrival, asked: EventStreamRequest): boolean {
    if (arrival.response.destroyed || this.isTurnedAway(arrival, asked)) return true;
    const ban = this.admission.banOf(asked.principal);
    if (ban !== undefined) this.refuse(arrival, 'banned', ban, asked);
    return ban !== undefined;
  }

  private begin(arrival: Arrival, asked: EventStreamRequest, origin: ConnectionOrigin, place: Place | undefined, makeRoom: () => boolean): boolean {
    const { request, response, headers } = arrival;
    if (this.capacity.isFullOf(asked.principal, place) || !makeRoom()) {
      const { code, message } = this.capacity.refusal();
      this.refuse(arrival, 'too_many_connections_of_client', new ChatError(code, message, { retry_after: RETRY_AFTER_SECONDS }), asked, 429);
      return false;
    }
    // It ends with its connection: no chunks are to be made of what is written.
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { ...headers, ...STREAM_HEADERS });
    const { sendBufferMaxBytes, sseEventIdMaxBytes: eventIdMaxBytes, sseRetryMs } = this.settings;
    const retryMs = sseRetryMs * (1 - RETRY_JITTER + 2 * RETRY_JITTER * Math.random());
    const connection = new EventStreamConnection(origin, asked, asked.received, response, request.socket, this.texts, { sendBufferMaxBytes, eventIdMaxBytes, retryMs });
    connection.onFlushed((nonce) => this.queue.pong(connection.stream, nonce));
    connection.onEnd((code) => this.connections.end(connection, code));
    this.connections.begin(connection);
    return true;
  }

  private refuse(arrival: Arrival, reason: RefusalReason, error: ChatError, known?: EventStreamRequest, status?: number): void {
    this.admission.report(arrival.address, reason, known?.principal);
    this.answer(arrival, error, status);
  }

  private answer({ response, headers }: Arrival, error: unknown, status?: number): void {
    const problem = toProblem(error);
    // RFC 9457 §4.2.1: what has no type of its own is called what its status is.
    if (status !== undefined) Object.assign(problem, { status, title: STATUS_CODES[status] });
    if (response.destroyed) return;
    response.writeHead(problem.status, { ...headers, 'Cache-Control': 'no-store', ...problemHeaders(problem) });
    response.end(JSON.stringify(problem));
  }
}
