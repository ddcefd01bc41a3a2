// A WebSocket client on a bare socket: cheap enough for thousands, and free to break every rule of the protocol.
import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, inflateRawSync } from 'node:zlib';
import { clientFrame, closeFrame, Opcode } from './client-frame.js';
import type { Frame } from './frame.js';
import { until } from './until.js';

const WAIT_TIMEOUT_MS = 30_000;

const RSV1 = 0x40;

/** What every upgrade says, for a speaker of `chatapi.v1`. */
const USUAL_HEADERS = {
  Host: '127.0.0.1',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'chatapi.v1',
} as const;

/** What the client connects with, and how it behaves. */
export interface RawClientOptions {
  port: number;
  token?: string;
  /** More of the query, such as `&device=d`. */
  query?: string;
  /** Header lines of the upgrade beside the usual ones, or in place of them; a list is a line each. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Whether pings and close frames are answered; true when absent. */
  polite?: boolean;
  /** What is written in place of the usual upgrade request. */
  request?: Buffer | string;
}

/** One connection. Nothing of it rejects: how it went is in `status`, `closeCode` and `isOver`. */
export class RawClient {
  readonly socket: Socket;
  /** Text frames, parsed. */
  readonly frames: Frame[] = [];
  /** What came compressed (RFC 7692 §6): the payloads as they came, by the place of their frames in `frames`. */
  readonly compressed = new Map<number, Buffer>();
  /** The status that the upgrade was answered with; 0 until it was. */
  status = 0;
  /** The head of that answer; empty until it came. */
  head = '';
  /** The code of the server's close frame. */
  closeCode: number | undefined;
  /** Pongs of the protocol that have come. */
  pongs = 0;
  /** The socket is closed. */
  isOver = false;
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly polite: boolean;
  private isClosing = false;
  private unread: Buffer = Buffer.alloc(0);

  constructor(options: RawClientOptions) {
    this.polite = options.polite ?? true;
    this.socket = connect(options.port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {
      // `close` follows.
    });
    this.socket.on('data', (data: Buffer) => this.read(data));
    this.socket.once('close', () => {
      this.isOver = true;
      this.changes.emit('change');
    });
    this.socket.write(options.request ?? upgradeRequest(options));
  }

  /** Resolves when the upgrade was answered, or the connection is over. */
  async answered(): Promise<this> {
    await this.until('an answer to its upgrade', () => this.status !== 0 || this.isOver);
    return this;
  }

  /** Resolves when its queue is open: the server's first frame has come. */
  async opened(): Promise<this> {
    await this.until('`connected`', () => this.frames.length > 0 || this.isOver);
    return this;
  }

  /** Resolves when the socket is closed. */
  async ended(): Promise<this> {
    await this.until('its end', () => this.isOver);
    return this;
  }

  /** How it ended, or has been refused. */
  get outcome(): string {
    if (this.closeCode !== undefined) return `closed with ${this.closeCode}`;
    return this.status === 0 || this.status === 101 ? 'cut' : `refused with ${this.status}`;
  }

  /** A header of the answer to its upgrade; undefined when it is not there. */
  header(name: string): string | undefined {
    const line = this.head.split('\r\n').find((candidate) => candidate.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line?.slice(name.length + 1).trim();
  }

  /** Sends a command, or any other text. */
  send(frame: unknown): void {
    this.sendBytes(clientFrame(Opcode.Text, typeof frame === 'string' ? frame : JSON.stringify(frame)));
  }

  sendBytes(bytes: Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** The closing handshake, from this side. */
  close(code = 1000): Promise<this> {
    this.isClosing = true;
    this.sendBytes(closeFrame(code));
    return this.ended();
  }

  /** Cuts the connection with a reset (RST), or a FIN without a close frame. */
  cut(how: 'reset' | 'fin' = 'reset'): Promise<this> {
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.end();
    return this.ended();
  }

  /** Resolves when the condition holds; it is looked at again whenever something comes. */
  until(what: string, condition: () => boolean): Promise<void> {
    return until(this.changes, condition, {
      inVain: () => `A client waited in vain for ${what}; status ${this.status}, close code ${this.closeCode}, ${this.frames.length} frames`,
      timeoutMs: WAIT_TIMEOUT_MS,
    });
  }

  private read(data: Buffer): void {
    this.unread = this.unread.length === 0 ? data : Buffer.concat([this.unread, data]);
    if (this.status === 0 && !this.readHead()) return;
    if (this.status === 101) this.readFrames();
    else this.unread = Buffer.alloc(0);
    this.changes.emit('change');
  }

  private readHead(): boolean {
    const end = this.unread.indexOf('\r\n\r\n');
    if (end === -1) return false;
    this.head = this.unread.toString('latin1', 0, end);
    this.status = Number(this.head.slice(9, 12));
    this.unread = this.unread.subarray(end + 4);
    return true;
  }

  /** Servers do not mask. */
  private readFrames(): void {
    let bytes = this.unread;
    for (;;) {
      if (bytes.length < 2) break;
      const opcode = bytes[0] & 0x0f;
      let length = bytes[1] & 0x7f;
      let offset = 2;
      if (length === 126) {
        if (bytes.length < 4) break;
        length = bytes.readUInt16BE(2);
        offset = 4;
      } else if (length === 127) {
        if (bytes.length < 10) break;
        length = Number(bytes.readBigUInt64BE(2));
        offset = 10;
      }
      if (bytes.length < offset + length) break;
      this.take(opcode, bytes.subarray(offset, offset + length), (bytes[0] & RSV1) !== 0);
      bytes = bytes.subarray(offset + length);
    }
    this.unread = bytes;
  }

  private take(opcode: number, payload: Buffer, compressed: boolean): void {
    if (opcode === Opcode.Text) {
      if (compressed) this.compressed.set(this.frames.length, payload);
      const text = compressed ? inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }) : payload;
      this.frames.push(JSON.parse(text.toString()) as Frame);
    } else if (opcode === Opcode.Ping) {
      if (this.polite) this.sendBytes(clientFrame(Opcode.Pong, payload));
    } else if (opcode === Opcode.Pong) {
      this.pongs++;
    } else if (opcode === Opcode.Close) {
      this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      if (this.polite && !this.isClosing) this.sendBytes(closeFrame(this.closeCode === 1005 ? 1000 : this.closeCode));
    }
  }
}

/** The head of an upgrade request (RFC 6455 §4.1). An empty list of values leaves a usual header out. */
export function upgradeRequest({ token, query = '', headers = {} }: Pick<RawClientOptions, 'token' | 'query' | 'headers'>): string {
  const lines = [`GET /ws?${token === undefined ? '' : `token=${token}`}${query} HTTP/1.1`];
  for (const [name, values] of Object.entries({ ...USUAL_HEADERS, ...headers })) {
    for (const value of typeof values === 'string' ? [values] : values) lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
