// One WebSocket connection of a tail.
import { WebSocket } from 'ws';
import { CloseCode, isJsonObject, SUBPROTOCOL_V1 } from '../../protocol/index.js';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** So many heartbeats of the server may be missing before the connection counts as dead. */
const MISSED_HEARTBEATS = 3;

/** A frame of the server; everything but its type is there or not. */
export interface TailFrame {
  type?: unknown;
  id?: unknown;
  seq?: unknown;
  ref?: unknown;
  data?: unknown;
}

/** How a connection ended, or why there was none. */
export interface Ending {
  /** The close code; 1006 when there was no closing handshake. */
  code: number;
  /** The HTTP status that refused the upgrade. */
  status?: number;
  /** The server's wish (`Retry-After`), in milliseconds. */
  retryAfterMs?: number;
  /** For people. */
  reason: string;
}

/** A connection that speaks `chatapi.v1`. */
export class TailConnection {
  /** Resolves when the connection has ended, or did not come about. */
  readonly ended: Promise<Ending>;
  private readonly socket: WebSocket;
  private readonly unanswered = new Map<string, () => void>();
  private refs = 0;
  private silence: NodeJS.Timeout | undefined;

  /** Connects. `onFrame` gets every frame but the answers to this connection's own commands. */
  constructor(url: URL, token: string, onFrame: (frame: TailFrame, text: string) => void) {
    this.socket = new WebSocket(url, [SUBPROTOCOL_V1], {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    this.socket.on('ping', () => this.silence?.refresh());
    this.socket.on('message', (data: Buffer) => {
      this.silence?.refresh();
      const text = data.toString();
      const frame = parse(text);
      if (!this.settle(frame)) onFrame(frame, text);
    });
    this.ended = this.ending();
  }

  /** Closes the connection when the server gives no sign of life for several of its heartbeats. */
  expectHeartbeats(intervalSeconds: number): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket.terminate(), intervalSeconds * MISSED_HEARTBEATS * 1000);
  }

  /** Sends a command; resolves when it is answered, whatever with. Never, when the connection ends before. */
  command(type: string, data: object): Promise<void> {
    const ref = `tail-${++this.refs}`;
    this.socket.send(JSON.stringify({ type, ref, data }));
    return new Promise((resolve) => this.unanswered.set(ref, resolve));
  }

  /** Begins the closing handshake. */
  close(): void {
    this.socket.close(CloseCode.Normal);
  }

  /** Whether the frame answers a command. */
  private settle({ ref }: TailFrame): boolean {
    if (typeof ref !== 'string') return false;
    const answered = this.unanswered.get(ref);
    this.unanswered.delete(ref);
    answered?.();
    return answered !== undefined;
  }

  private ending(): Promise<Ending> {
    let refusal: Omit<Ending, 'code'> | undefined;
    this.socket.on('error', ({ message }) => (refusal ??= { reason: message }));
    this.socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      const retryAfterMs = Number(response.headers['retry-after']) * 1000;
      refusal = { status, reason: `HTTP ${status}`, ...(retryAfterMs > 0 && { retryAfterMs }) };
      this.socket.terminate();
    });
    return new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        clearTimeout(this.silence);
        const words = reason.length === 0 ? String(code) : `${code} ${reason.toString()}`;
        resolve({ code, ...(refusal ?? { reason: words }) });
      });
    });
  }
}

function parse(text: string): TailFrame {
  try {
    const frame: unknown = JSON.parse(text);
    return isJsonObject(frame) ? frame : {};
  } catch {
    return {};
  }
}
