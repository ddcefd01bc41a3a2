// One client's connection, whatever carries it: what it is, what it is told, and its commands in the order it sent them.
import type { Socket } from 'node:net';
import type { Principal } from '../auth/index.js';
import type { ConnectionReference, Transport } from '../events/index.js';
import type { AcknowledgementMode, DeliveryStream, FrameSink, PingedFrames, QueueOwner, ReceivedPositions, StreamDebug } from '../log/index.js';
import { type ChatError, type CloseCode, type ControlFrames, controlText, type ControlType, encodeTextFrame, type ReconnectData } from '../protocol/index.js';
import { networkOf } from './client-network.js';
import { CommandChain, type Pausable } from './command-chain.js';
import type { Due } from './deadline-wheel.js';

/** A close code that no peer sent: the connection broke (RFC 6455 §7.1.5). */
export const ABNORMAL_CLOSURE = 1006;

/** What the request asked for that began it. */
export interface ConnectionRequest {
  readonly principal: Principal;
  /** Empty for the shared position. */
  readonly device: string;
  /** Whether the client speaks `chatapi.v1`. */
  readonly controlFrames: boolean;
  readonly acknowledgement: AcknowledgementMode;
  /** Whether the client asks for debug mode; whether it may is another question. */
  readonly debugAsked: boolean;
}

/** A debugged connection, as far as the connection itself is concerned. */
export interface ConnectionDebugging extends StreamDebug {
  /** Its token still allows it. */
  active: boolean;
}

/** Where it came from, and when. */
export interface ConnectionOrigin {
  readonly id: string;
  /** The client's address, behind trusted proxies. */
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
}

/**
 * A connection, as everybody sees it who does not care what carries it. What it is written are WebSocket frames, encoded once and shared.
 *
 * @publicApi
 */
export abstract class Connection implements FrameSink, ConnectionRequest, ConnectionOrigin, Due {
  abstract readonly transport: Transport;
  readonly id: string;
  readonly address: string;
  /** The address, or the network it stands for where clients have a whole one. */
  readonly network: string;
  readonly connectedAt: number;
  readonly device: string;
  readonly controlFrames: boolean;
  readonly acknowledgement: AcknowledgementMode;
  readonly debugAsked: boolean;
  /** What the client says to have received before, and is not to be given again; undefined where it says nothing. */
  readonly received: ReceivedPositions | undefined = undefined;
  /** Its debugging; undefined for nearly all. */
  debug: ConnectionDebugging | undefined;
  /** Its commands, one after the other. */
  readonly commands: CommandChain;
  /** Its delivery, once its queue is open. */
  stream: DeliveryStream | undefined;
  /** The code with which the server began the closing handshake. */
  closeCode: number | undefined;
  /** Why the server did that. */
  closeReason: string | undefined;
  /** When its lifetime is over, in milliseconds since the epoch. */
  endsAt = Infinity;
  /** It was told that its token is about to expire. */
  expiryTold = false;
  bucket?: number;
  private bearer: Principal;

  constructor(
    origin: ConnectionOrigin,
    request: ConnectionRequest,
    protected readonly socket: Socket,
    incoming: Pausable,
    /** SEND_BUFFER_MAX_BYTES. */
    protected readonly sendBufferMaxBytes: number,
  ) {
    this.id = origin.id;
    this.address = origin.address;
    this.network = networkOf(origin.address);
    this.connectedAt = origin.connectedAt;
    this.bearer = request.principal;
    this.device = request.device;
    this.controlFrames = request.controlFrames;
    this.acknowledgement = request.acknowledgement;
    this.debugAsked = request.debugAsked;
    this.commands = new CommandChain(incoming);
    socket.on('drain', () => this.stream?.resume());
  }

  /** Whose it is, by the token that it has now. */
  get principal(): Principal {
    return this.bearer;
  }

  /** Replaces the token: of the same client, which whoever calls has made sure of. */
  replacePrincipal(principal: Principal): void {
    this.bearer = principal;
    this.expiryTold = false;
  }

  /** What events tell of it. */
  get reference(): ConnectionReference {
    const { tenant, clientId } = this.bearer;
    return { connectionId: this.id, tenant, clientId, device: this.device, address: this.address, transport: this.transport };
  }

  /** Whose queue it receives. */
  get owner(): QueueOwner {
    return { tenant: this.bearer.tenant, clientId: this.bearer.clientId, device: this.device };
  }

  /** It has negotiated permessage-deflate, see `negotiateDeflate`. */
  abstract get compressed(): boolean;

  /** Frames can still be written. */
  abstract get isOpen(): boolean;

  abstract get bufferedBytes(): number;

  abstract write(frames: Buffer): void;

  abstract writeWithPing(frames: Buffer, nonce: Uint8Array): void;

  abstract writePinged(pinged: PingedFrames): void;

  abstract ping(nonce: Uint8Array): void;

  /** Tells of each sign of life of the peer that is no answer to a ping. */
  abstract onHeard(listener: () => void): void;

  /** Tells of its end, once, with the close code; at once when it has ended. */
  abstract onEnd(listener: (code: number) => void): void;

  /** Ends it at once, whatever the peer has read. */
  abstract terminate(): void;

  /** Its queue is about to be delivered from behind these positions, of those that the client says to have received. */
  resume(_accepted: ReceivedPositions): void {
    // Most clients say nothing.
  }

  /** Resolves when the peer has read enough for another answer: whoever does not read its answers is not read either. */
  async writable(): Promise<void> {
    while (this.isOpen && this.bufferedBytes > this.sendBufferMaxBytes) await drainOrClose(this.socket);
  }

  /** Writes a frame that is no notification; those of `chatapi.v1` alone are for its speakers. */
  sendControl<T extends ControlType>(type: T, data: ControlFrames[T]['data'], ref?: string): void {
    if (this.controlFrames) this.write(encodeTextFrame(controlText(type, data, ref)));
  }

  /**
   * Asks the client to come back after so long, before a close that is no failure.
   *
   * @param _busyMs so long this server turns everybody away: for clients that would take that for the end
   */
  sendReconnect(data: ReconnectData, _busyMs = 0): void {
    this.sendControl('reconnect', data);
  }

  /** Writes an `error` frame, which every client understands. */
  sendError(error: ChatError, timestamp: string, ref?: string): void {
    if (this.debug !== undefined) this.note('error told', { code: error.code });
    this.write(encodeTextFrame(controlText('error', error.frameData(timestamp), ref)));
  }

  /** Says in the log what happens to it, if it is debugged. */
  note(event: string, details: Readonly<Record<string, unknown>>): void {
    if (this.debug?.active === true) this.debug.note(event, details);
  }

  /** Says why, and begins to close. */
  refuse(error: ChatError, code: CloseCode, timestamp: string): void {
    this.sendError(error, timestamp);
    this.close(code, error.message);
  }

  close(code: number, reason: string): void {
    this.closeCode ??= code;
    this.closeReason ??= reason;
    this.stream?.stop();
    this.beginClose(code, reason);
  }

  /** Closes what carries it: what was written before still goes out, and the peer is given a moment for its side. */
  protected abstract beginClose(code: number, reason: string): void;
}

function drainOrClose(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
