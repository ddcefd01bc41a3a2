// One way in which connections end, and what is needed to bring it about.
import type { Api } from '../../support/api.js';
import { RawClient, type RawClientOptions, upgradeRequest } from '../../support/raw-client.js';
import type { ServerProcess } from '../../support/server-process.js';
import { type Claims, signToken } from '../../support/tokens.js';

/** A way to end, carried out by a group of clients at once. */
export interface Ending {
  readonly name: string;
  /** Clients that end in this way in each wave. */
  readonly clients: number;
  /** How a connection of it may have ended, as the client saw it. */
  readonly outcomes: readonly string[];
  /** It takes seconds: the next wave does not wait for it. */
  readonly lingers?: boolean;
  run(scene: Scene, clients: readonly string[], room: string): Promise<RawClient[]>;
}

/** The server, and everything that was connected to it. */
export class Scene {
  /** Connections that were begun. */
  connects = 0;
  /** What is left for the server to notice: let go of when it has. */
  readonly abandoned: { destroy(): void }[] = [];
  private addresses = 0;

  constructor(
    readonly server: ServerProcess,
    readonly admin: Api,
  ) {}

  /** Connects a client with a good token, unless the options say otherwise; each from an address of its own. */
  connect(clientId: string, options: Partial<RawClientOptions> = {}, claims: Partial<Claims> = {}): RawClient {
    this.connects++;
    const { headers, ...rest } = options;
    return new RawClient({ port: this.server.port, token: signToken({ sub: clientId, ...claims }), headers: { ...this.address(), ...headers }, ...rest });
  }

  /** The text of a good upgrade request, to be changed or added to; from an address of its own. */
  request(clientId: string): string {
    return upgradeRequest({ token: signToken({ sub: clientId }), headers: this.address() });
  }

  /** Opens an event stream, from an address of its own; resolves when it is answered. */
  eventStream(clientId: string): Promise<RawClient> {
    const headers = Object.entries({ Host: '127.0.0.1', ...this.address() }).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.connect(clientId, { request: `GET /sse?token=${signToken({ sub: clientId })} HTTP/1.1\r\n${headers.join('')}\r\n` }).answered();
  }

  /** What a trusted proxy says of where a connection comes from. */
  private address(): Record<string, string> {
    const number = this.addresses++;
    return { 'X-Forwarded-For': `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}` };
  }
}

/** An ending that each client carries out by itself. */
export function each(act: (scene: Scene, clientId: string, index: number) => Promise<RawClient>): Ending['run'] {
  return (scene, clients) => Promise.all(clients.map((clientId, index) => act(scene, clientId, index)));
}

/** An ending of clients that are all connected before it comes. */
export function together(end: (scene: Scene, clients: readonly string[], room: string) => Promise<void>): Ending['run'] {
  return async (scene, clients, room) => {
    const connected = await Promise.all(clients.map((clientId) => scene.connect(clientId).opened()));
    await end(scene, clients, room);
    return Promise.all(connected.map((client) => client.ended()));
  };
}
