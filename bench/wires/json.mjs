// A JSON text in each message, as this server, Nest and plain ws send them: the content is a member of it.
import { contentOffset } from './content-offset.mjs';

const ERROR = '"type":"error"';

export class JsonWire {
  constructor(seat, client) {
    this.client = client;
  }

  greet() {
    this.client.ready();
  }

  read(bytes, start, end) {
    const offset = contentOffset(bytes, start, end);
    if (offset === -1) this.readOther(bytes.toString('utf8', start, end));
    else this.client.receiver.notification(bytes, offset);
  }

  /** room_update, client_status and control frames are not measured. */
  readOther(text) {
    if (text.includes(ERROR)) this.client.receiver.fault(`got ${text}`);
  }
}
