// A WebSocket client over a bare socket: opening handshake, frames, pongs (RFC 6455), and no object for a message.
import { connect } from 'node:net';
import { Inflater } from './inflater.mjs';

const CHUNK_BYTES = 256 * 1024;
/** The beginning of a frame, kept from the chunk before, is put in front of the next chunk: so much fits. */
const REMAINDER_BYTES = 4 * 1024 * 1024;
/** One for all connections: a chunk is read to its end before the next one arrives, on whatever socket. */
const bytes = Buffer.allocUnsafeSlow(REMAINDER_BYTES + CHUNK_BYTES);
const chunk = bytes.subarray(REMAINDER_BYTES);
const NOTHING = Buffer.alloc(0);

const MASK = Buffer.from([0x5a, 0x17, 0xc3, 0x2e]);
/** The example of RFC 6455 §1.3 with its answer. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const FIN = 0x80;
const RSV1 = 0x40;

export class WebSocketClient {
  isOpen = false;
  remainder = NOTHING;

  /**
   * @param seat where to connect: {url, protocols?, headers?, reads?}
   * @param createWire makes what reads the messages: (seat, client) => wire
   * @param receiver gets notifications and faults
   */
  constructor(seat, createWire, receiver, beforeChunk) {
    this.seat = seat;
    this.receiver = receiver;
    this.beforeChunk = beforeChunk;
    this.wire = createWire(seat, this);
    this.isEnding = false;
  }

  /** Resolves when the wire says that notifications will come from now on. */
  open() {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.seat.url);
      this.ready = () => {
        this.isReady = true;
        if (this.seat.reads === false) this.socket.pause();
        resolve();
      };
      this.socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer: chunk, callback: (length) => this.onChunk(length) } });
      this.socket.once('connect', () => this.socket.write(this.request()));
      this.socket.once('error', (error) => (this.isReady ? undefined : reject(error)));
      this.socket.once('close', () => {
        if (!this.isReady) reject(new Error('the connection ended before it was ready'));
        else if (!this.isEnding) this.receiver.fault('the connection ended');
      });
    });
  }

  /** Ends the connection, with a closing handshake or without one. */
  close(isAbrupt) {
    this.isEnding = true;
    if (isAbrupt) return this.socket.destroy();
    this.socket.resume();
    this.sendFrame(OPCODE.close, Buffer.from([0x03, 0xe8]));
  }

  /** Sends a message; a wire calls it. */
  send(payload, isBinary = false) {
    this.sendFrame(isBinary ? OPCODE.binary : OPCODE.text, payload);
  }

  request() {
    const { url, protocols, headers } = this.seat;
    const { host, pathname, search } = new URL(url);
    const lines = [
      `GET ${pathname}${search} HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${KEY}`,
      ...(protocols === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]),
      ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  onChunk(length) {
    this.beforeChunk();
    let at = REMAINDER_BYTES - this.remainder.length;
    if (at < 0) return this.fail('a frame is too large');
    this.remainder.copy(bytes, at);
    const end = REMAINDER_BYTES + length;
    if (!this.isOpen) at = this.readAnswer(at, end);
    if (this.isOpen) at = this.readFrames(at, end);
    this.remainder = at === end ? NOTHING : Buffer.from(bytes.subarray(at, end));
    return true;
  }

  /** @returns where the frames begin, or `start` as long as the answer is not complete */
  readAnswer(start, end) {
    const answer = bytes.latin1Slice(start, Math.min(end, start + 8192));
    const length = answer.indexOf('\r\n\r\n');
    if (length === -1) return start;
    if (!answer.startsWith('HTTP/1.1 101') || !answer.includes(ACCEPT)) {
      this.fail(`the upgrade was refused: ${answer.slice(0, 200)}`);
      return end;
    }
    this.isOpen = true;
    const extensions = /\r\nsec-websocket-extensions: *(.*)/i.exec(answer.slice(0, length))?.[1];
    if (extensions !== undefined) this.inflater = new Inflater(!extensions.includes('server_no_context_takeover'));
    this.wire.greet();
    return start + length + 4;
  }

  /** @returns where the first frame begins that is not complete */
  readFrames(start, end) {
    let at = start;
    while (end - at >= 2) {
      const first = bytes[at];
      let length = bytes[at + 1];
      let head = 2;
      if (length === 126) {
        if (end - at < 4) break;
        length = (bytes[at + 2] << 8) | bytes[at + 3];
        head = 4;
      } else if (length === 127) {
        if (end - at < 10) break;
        length = bytes.readUInt32BE(at + 6);
        head = 10;
      }
      if (end - at < head + length) break;
      at += head;
      if (first === (FIN | OPCODE.text) || first === (FIN | OPCODE.binary)) this.wire.read(bytes, at, at + length);
      else this.readOther(first, at, at + length);
      at += length;
    }
    return at;
  }

  readOther(first, start, end) {
    if (first === (FIN | OPCODE.ping)) this.sendFrame(OPCODE.pong, bytes.subarray(start, end));
    else if (this.inflater !== undefined && (first === (FIN | RSV1 | OPCODE.text) || first === (FIN | RSV1 | OPCODE.binary))) {
      const inflated = this.inflater.inflate(bytes, start, end);
      this.receiver.compressed(end - start);
      this.wire.read(inflated, 0, inflated.length);
    } else if (first === (FIN | OPCODE.close)) {
      if (!this.isEnding) this.receiver.fault(`closed with ${end - start < 2 ? 'no code' : bytes.readUInt16BE(start)}`);
      this.isEnding = true;
      this.socket.destroy();
    } else if (first !== (FIN | OPCODE.pong)) this.fail(`an unexpected frame, first byte ${first}`);
  }

  sendFrame(opcode, payload) {
    const { length } = payload;
    const head = length < 126 ? 6 : 8;
    const frame = Buffer.allocUnsafe(head + length);
    frame[0] = FIN | opcode;
    frame[1] = 0x80 | (length < 126 ? length : 126);
    if (length >= 126) frame.writeUInt16BE(length, 2);
    MASK.copy(frame, head - 4);
    for (let i = 0; i < length; i++) frame[head + i] = payload[i] ^ MASK[i & 3];
    this.socket.write(frame);
  }

  fail(reason) {
    this.receiver.fault(reason);
    this.isEnding = true;
    this.socket.destroy();
    return false;
  }
}
