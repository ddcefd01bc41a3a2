// HTTP/1.1 over keep-alive sockets, as cheap as can be: the load must not be the bottleneck.
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
/** Servers close connections that were idle for a while, Node's after 5 s: one that was idle for this long is not used again. */
const MAX_IDLE_MS = 3000;

/** Requests to one server over up to `connections` sockets, one request at a time on each; what is beyond waits its turn. */
export class HttpClient {
  idle = [];
  waiting = [];
  open = 0;

  constructor(port, { connections = 32, headers = {} } = {}) {
    this.port = port;
    this.connections = connections;
    this.head = Object.entries({ Host: `127.0.0.1:${port}`, 'Content-Type': 'application/json', ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }

  /**
   * Sends one request.
   *
   * @param body a text
   * @returns the answer's body
   * @throws Error when the answer's status is not 2xx
   */
  request(method, path, body) {
    return new Promise((resolve, reject) => {
      const request = {
        text: `${method} ${path} HTTP/1.1\r\n${this.head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        resolve,
        reject: (reason) => reject(new Error(`${method} ${path}: ${reason}`)),
      };
      const socket = this.takeIdle();
      if (socket !== undefined) this.start(socket, request);
      else if (this.open < this.connections) this.start(this.connect(), request);
      else this.waiting.push(request);
    });
  }

  /** The socket that was used last; those that have been idle for too long are closed. */
  takeIdle() {
    const oldest = performance.now() - MAX_IDLE_MS;
    while (this.idle.length > 0 && this.idle[0].idleSince < oldest) this.idle.shift().destroy();
    return this.idle.pop();
  }

  connect() {
    this.open++;
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.received = '';
    socket.on('data', (data) => this.read(socket, data.latin1Slice(0, data.length)));
    socket.on('error', (error) => socket.request?.reject(error.message));
    socket.on('close', () => {
      this.open--;
      this.idle = this.idle.filter((other) => other !== socket);
      socket.request?.reject('the connection ended');
      const next = this.waiting.shift();
      if (next !== undefined) this.start(this.connect(), next);
    });
    return socket;
  }

  start(socket, request) {
    socket.request = request;
    socket.write(request.text);
  }

  read(socket, text) {
    socket.received += text;
    const headEnd = socket.received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(socket.received.slice(0, headEnd))?.[1] ?? 0);
    const bodyStart = headEnd + HEAD_END.length;
    if (socket.received.length < bodyStart + length) return;
    const { request, received } = socket;
    socket.received = '';
    socket.request = undefined;
    const next = this.waiting.shift();
    if (next === undefined) {
      socket.idleSince = performance.now();
      this.idle.push(socket);
    } else this.start(socket, next);
    const status = received.slice(9, 12);
    if (status[0] === '2') request.resolve(received.slice(bodyStart));
    else request.reject(`HTTP ${status} ${received.slice(bodyStart, bodyStart + 500)}`);
  }

  close() {
    for (const socket of this.idle) socket.destroy();
  }
}
