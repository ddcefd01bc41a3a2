// Socket.IO 4 over Engine.IO 4, WebSocket transport (https://socket.io/docs/v4/engine-io-protocol, …/socket-io-protocol).
import { contentOffset } from './content-offset.mjs';

const ENGINE_OPEN = 0x30;
const ENGINE_PING = 0x32;
const ENGINE_MESSAGE = 0x34;
const CONNECT = 0x30;
const EVENT = 0x32;
const PONG = Buffer.from('3');
const CONNECT_TO_NAMESPACE = Buffer.from('40');

export class SocketIoWire {
  constructor(seat, client) {
    this.client = client;
  }

  /** The server speaks first. */
  greet() {}

  read(bytes, start, end) {
    const kind = bytes[start];
    if (kind === ENGINE_MESSAGE && bytes[start + 1] === EVENT) this.readEvent(bytes, start, end);
    else if (kind === ENGINE_OPEN) this.client.send(CONNECT_TO_NAMESPACE);
    else if (kind === ENGINE_PING) this.client.send(PONG);
    else if (kind === ENGINE_MESSAGE && bytes[start + 1] === CONNECT) this.client.ready();
    else this.client.receiver.fault(`got ${bytes.toString('utf8', start, end)}`);
  }

  readEvent(bytes, start, end) {
    const offset = contentOffset(bytes, start, end);
    if (offset === -1) this.client.receiver.fault(`got ${bytes.toString('utf8', start, end)}`);
    else this.client.receiver.notification(bytes, offset);
  }
}
