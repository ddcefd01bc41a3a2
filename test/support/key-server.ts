// An identity provider's key set over HTTP, which counts who asks and can misbehave.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SigningKey } from './signing-key.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves `/keys`; everything else that is asked for is noted too. */
export class KeyServer {
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];
  private readonly server = createServer((request, response) => {
    this.asked.push(request.url ?? '');
    this.answer(request, response);
  });
  private answer: Answer = (_request, response) => void response.writeHead(404).end();

  static async start(...keys: SigningKey[]): Promise<KeyServer> {
    const server = new KeyServer();
    server.serve(...keys);
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/keys`;
  }

  /** How often the set was asked for. */
  get fetches(): number {
    return this.asked.filter((path) => path === '/keys').length;
  }

  /** Serves these keys from now on. */
  serve(...keys: SigningKey[]): void {
    this.serveText(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  }

  serveText(text: string): void {
    this.answer = (_request, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end(text);
  }

  /** Answers in whatever way from now on. */
  respond(answer: Answer): void {
    this.answer = answer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
