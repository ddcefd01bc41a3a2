// The text protocol of NATS in binary WebSocket messages (https://docs.nats.io/reference/reference-protocols/nats-protocol).
import { contentOffset } from './content-offset.mjs';
import { Remainder } from './remainder.mjs';

const CR = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
const MSG = 0x4d;
const LINE_END_BYTES = 2;

export class NatsWire {
  remainder = new Remainder();
  readMessages = (bytes, start, end) => this.readAll(bytes, start, end);

  constructor(seat, client) {
    this.client = client;
    this.subscription = `CONNECT {"verbose":false,"pedantic":false,"lang":"bench","version":"1","protocol":1}\r\nSUB ${seat.subject} 1\r\nPING\r\n`;
  }

  /** The PONG says that the subscription is there. */
  greet() {
    this.client.send(Buffer.from(this.subscription), true);
  }

  read(bytes, start, end) {
    this.remainder.read(bytes, start, end, this.readMessages);
  }

  readAll(bytes, start, end) {
    let at = start;
    for (;;) {
      const lineEnd = bytes[at] === MSG ? endOfLine(bytes, at, end) : bytes.subarray(at, end).indexOf('\r\n') + at;
      if (lineEnd < at || lineEnd + LINE_END_BYTES > end) return at;
      const payload = lineEnd + LINE_END_BYTES;
      if (bytes[at] !== MSG) {
        this.readLine(bytes.latin1Slice(at, lineEnd));
        at = payload;
        continue;
      }
      const length = lastNumber(bytes, lineEnd);
      if (payload + length + LINE_END_BYTES > end) return at;
      const offset = contentOffset(bytes, payload, payload + length);
      if (offset === -1) this.client.receiver.fault(`got ${bytes.latin1Slice(at, payload + length)}`);
      else this.client.receiver.notification(bytes, offset);
      at = payload + length + LINE_END_BYTES;
    }
  }

  readLine(line) {
    if (line === 'PONG') this.client.ready();
    else if (line === 'PING') this.client.send(Buffer.from('PONG\r\n'), true);
    else if (!line.startsWith('INFO ')) this.client.receiver.fault(`got ${line}`);
  }
}

/** Where the line that begins at `start` ends; `end` when it is not complete. Control lines are short: a native search costs more. */
function endOfLine(bytes, start, end) {
  let at = start;
  while (at < end && bytes[at] !== CR) at++;
  return at;
}

/** The number before `end`, behind a space: the payload's length in `MSG <subject> <sid> [reply-to] <length>`. */
function lastNumber(bytes, end) {
  let number = 0;
  let unit = 1;
  for (let at = end - 1; bytes[at] !== SPACE; at--, unit *= 10) number += (bytes[at] - ZERO) * unit;
  return number;
}
