// One connection: its handshake, its frames, its commands and their answers, and whether it still lives.
import type { ServerFrame } from './client-events.js';
import { HEARTBEAT_MISSED } from './close-reactions.js';
import { readFrame } from './server-frame.js';
import type { WebSocketLike } from './web-socket.interface.js';

/** What a link is given to. */
export interface LinkListener {
  /** A frame that answers no command. */
  received(frame: ServerFrame): void;
  /** It has ended, once. Commands without an answer were told before. */
  ended(code: number, reason: string): void;
}

/** Gets the `ack` or `error` that answers a command; undefined when the connection ended first: nobody knows what became of it. */
export type Answered = (answer: ServerFrame | undefined) => void;

type Timer = ReturnType<typeof setTimeout>;

/** Around one WebSocket. */
export class Link {
  private readonly answers = new Map<string, Answered>();
  private refs = 0;
  private timer: Timer | undefined;
  private intervalMs = 0;
  private heard = false;
  private over = false;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly heartbeatTimeoutMs: number,
    private readonly listener: LinkListener,
  ) {
    socket.onmessage = ({ data }: { data: unknown }) => this.read(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.end(code, reason);
    // `close` follows.
    socket.onerror = () => undefined;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.over;
  }

  /** Pings from now on, at this interval: browsers cannot see the pings of the protocol, nor that nobody is there any more. */
  beat(intervalMs: number): void {
    this.intervalMs = intervalMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.probe(), intervalMs);
  }

  /** Asks at once whether the other side is there. */
  probe(): void {
    if (this.over || this.intervalMs === 0) return;
    clearTimeout(this.timer);
    this.heard = false;
    const askedAt = Date.now();
    this.send('ping');
    this.timer = setTimeout(() => {
      // A page that slept has not read what came meanwhile.
      const slept = Date.now() - askedAt > 2 * this.heartbeatTimeoutMs;
      if (this.heard) this.beat(this.intervalMs);
      else if (slept) this.probe();
      else this.end(HEARTBEAT_MISSED, 'no sign of life');
    }, this.heartbeatTimeoutMs);
  }

  /** Sends a command that nobody waits for. */
  send(type: string, data?: object): void {
    if (!this.over) this.socket.send(JSON.stringify({ type, data }));
  }

  /** Sends a command. */
  command(type: string, data: object, answered: Answered): void {
    if (this.over) return answered(undefined);
    const ref = `${++this.refs}`;
    this.answers.set(ref, answered);
    this.socket.send(JSON.stringify({ type, ref, data }));
  }

  /** Begins the closing handshake, and is over. */
  close(): void {
    this.end(1000, '');
  }

  /** Lets go of the connection: closing it properly may take long, or for ever. */
  end(code: number, reason: string): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    const { socket } = this;
    socket.onmessage = socket.onclose = null;
    if (code === HEARTBEAT_MISSED && socket.terminate) socket.terminate();
    else socket.close(1000);
    for (const answered of this.answers.values()) answered(undefined);
    this.answers.clear();
    this.listener.ended(code, reason);
  }

  private read(text: unknown): void {
    this.heard = true;
    const frame = readFrame(text);
    if (!frame) return;
    const answered = this.answers.get(frame.ref ?? '');
    if (!answered) return this.listener.received(frame);
    this.answers.delete(frame.ref ?? '');
    answered(frame);
  }
}
