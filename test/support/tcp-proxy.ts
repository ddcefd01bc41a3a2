// A network between client and server that can fail: a TCP proxy whose connections can be cut, or made to swallow everything.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Forwards connections to one port of this machine. */
export class TcpProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly halfOpen = new Set<Socket>();
  /** Every client's end and the target's. */
  private readonly pairs = new Map<Socket, Socket>();
  /** Connections on which the mark was sent: the client's end and the target's. */
  private readonly marked = new Map<Socket, Socket>();
  private isDown = false;
  private count = 0;

  /** @param mark what a client sends on the connections that {@link swallowMarked} is about, in one piece */
  constructor(
    private readonly target: () => number,
    private readonly mark?: string,
  ) {
    this.server = createServer((client) => this.forward(client));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that reached the target so far. */
  get forwarded(): number {
    return this.count;
  }

  /** Listens on a port; 0 for any that is free. Rejects with `EADDRINUSE` when it is taken. */
  async listen(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  /** Cuts every connection without a word, and every new one until {@link restore}. */
  cut(): void {
    this.isDown = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** From now on nothing passes on the connections that are open, in neither direction, and neither end hears of the other's. */
  swallow(): void {
    for (const socket of this.sockets) {
      this.halfOpen.add(socket);
      socket.unpipe();
      socket.resume();
    }
  }

  /** What the target sends on the marked connections that are open is lost; they stay open. */
  swallowMarked(): void {
    swallowAnswers(this.marked);
  }

  /** What the target sends on the connections that are open is lost; what clients send still arrives. */
  swallowAnswers(): void {
    swallowAnswers(this.pairs);
  }

  /** Lets new connections through again. */
  restore(): void {
    this.isDown = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private forward(client: Socket): void {
    client.on('error', () => client.destroy());
    if (this.isDown) {
      client.destroy();
      return;
    }
    this.count++;
    const upstream = connect(this.target(), '127.0.0.1');
    upstream.on('error', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
    client.on('data', (chunk: Buffer) => {
      if (this.mark !== undefined && chunk.includes(this.mark)) this.marked.set(client, upstream);
    });
    this.pairs.set(client, upstream);
    client.once('close', () => {
      this.pairs.delete(client);
      this.marked.delete(client);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.once('close', () => {
        this.sockets.delete(socket);
        if (!this.halfOpen.delete(socket)) other.destroy();
      });
    }
  }
}

function swallowAnswers(pairs: ReadonlyMap<Socket, Socket>): void {
  for (const [client, upstream] of pairs) {
    upstream.unpipe(client);
    upstream.resume();
  }
}
