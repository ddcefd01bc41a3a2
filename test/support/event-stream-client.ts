// An EventSource of its own over node:http (WHATWG HTML §9.2.6), that notes everything and comes back when it is told to.
import { EventEmitter } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Frame } from './frame.js';
import type { ServerProcess } from './server-process.js';
import { signToken } from './tokens.js';
import { until } from './until.js';

const WAIT_TIMEOUT_MS = 15_000;

export interface EventStreamOptions {
  /** A token to use instead of an ordinary one of this client; none at all when empty. */
  token?: string;
  /** Further parameters of the query. */
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
}

/** An event, with what the last event id was when it was dispatched. */
export interface ReceivedEvent {
  frame: Frame;
  lastEventId: string;
}

/** What answered in place of a stream. */
export interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  body: { code?: string; detail?: string; [member: string]: unknown };
}

/** One client, over as many connections as it makes, one at a time. It keeps its last event id. */
export class EventStreamClient {
  /** Everything it got, over all connections. */
  readonly events: ReceivedEvent[] = [];
  /** Everything of the newest connection. */
  ofConnection: ReceivedEvent[] = [];
  comments = 0;
  /** When it is to come back, ms, as it was told last. */
  retryMs: number | undefined;
  lastEventId = '';
  /** The newest connection has ended. */
  isClosed = true;
  headers: IncomingHttpHeaders = {};
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private response: IncomingMessage | undefined;
  private text = '';
  private data: string[] = [];
  private idBuffer = '';

  constructor(
    private readonly server: Pick<ServerProcess, 'port'>,
    readonly clientId: string,
    private readonly options: EventStreamOptions = {},
  ) {}

  get frames(): Frame[] {
    return this.events.map(({ frame }) => frame);
  }

  get framesOfConnection(): Frame[] {
    return this.ofConnection.map(({ frame }) => frame);
  }

  /** Connects, with its last event id if it has one. Rejects when it is refused. */
  async connect(): Promise<this> {
    const refusal = await this.tryToConnect();
    if (refusal !== undefined) throw new Error(`refused with ${refusal.status}: ${JSON.stringify(refusal.body)}`);
    return this;
  }

  /** Connects; resolves with the answer when that is no stream. */
  tryToConnect(): Promise<Refusal | undefined> {
    const { token = signToken({ sub: this.clientId }), query = {}, headers = {} } = this.options;
    const search = new URLSearchParams({ ...(token !== '' && { token }), ...query }).toString();
    const own = { ...(this.lastEventId !== '' && { 'last-event-id': this.lastEventId }), ...headers };
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port: this.server.port, path: `/sse?${search}`, headers: own, agent: false }, (response) => {
        this.headers = response.headers;
        if (response.statusCode === 200) {
          this.begin(response);
          resolve(undefined);
          return;
        }
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Refusal['body'] }));
      });
      request.on('error', reject);
    });
  }

  /** Breaks the connection. What was on its way is lost. */
  async cut(): Promise<void> {
    this.response?.removeAllListeners('data');
    this.response?.destroy();
    await this.ending();
  }

  /** Stops to read. */
  pause(): void {
    this.response?.pause();
  }

  /** Reads again. */
  unpause(): void {
    this.response?.resume();
  }

  ending(): Promise<void> {
    return this.until('its connection to end', () => this.isClosed);
  }

  /** The next event that matches, of the newest connection; from its beginning. */
  async next(what: string, match: (frame: Frame) => boolean): Promise<Frame> {
    await this.until(what, () => this.framesOfConnection.some(match));
    return this.framesOfConnection.find(match) as Frame;
  }

  /** Resolves when the condition holds; it is looked at again whenever something comes or the connection ends. */
  until(what: string, condition: () => boolean): Promise<void> {
    return until(this.changes, condition, {
      inVain: () => {
        const newest = this.frames.slice(-5).map((frame) => JSON.stringify(frame));
        return `${this.clientId} waited in vain for ${what}; its newest events of ${this.events.length}:\n${newest.join('\n')}`;
      },
      timeoutMs: WAIT_TIMEOUT_MS,
    });
  }

  private begin(response: IncomingMessage): void {
    this.response = response;
    this.isClosed = false;
    this.ofConnection = [];
    this.text = '';
    this.data = [];
    this.idBuffer = this.lastEventId;
    response.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
    response.on('error', () => undefined);
    response.on('close', () => {
      if (response !== this.response) return;
      this.isClosed = true;
      this.changes.emit('change');
    });
  }

  private read(chunk: string): void {
    this.text += chunk;
    const lines = this.text.split(/\r\n|\n|\r/);
    this.text = lines.pop() ?? '';
    for (const line of lines) this.readLine(line);
    this.changes.emit('change');
  }

  private readLine(line: string): void {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) {
      this.comments++;
      return;
    }
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'id') this.idBuffer = value;
    else if (field === 'retry') this.retryMs = Number(value);
    else throw new Error(`A field that nobody writes: ${line}`);
  }

  private dispatch(): void {
    this.lastEventId = this.idBuffer;
    if (this.data.length === 0) return;
    const event = { frame: JSON.parse(this.data.join('\n')) as Frame, lastEventId: this.lastEventId };
    this.data = [];
    this.events.push(event);
    this.ofConnection.push(event);
  }
}
