// The library's WebSocket server with a permessage-deflate of our own: what is sent is compressed elsewhere, what comes is inflated.
import type { IncomingMessage } from 'node:http';
import { type ServerOptions, WebSocketServer } from 'ws';
import { negotiateDeflate } from './deflate-negotiation.js';
import { InboundInflate } from './inbound-inflate.js';

/** The library's name for what follows the checks of a handshake; its types do not know it. */
type CompleteUpgrade = (this: WebSocketServer, extensions: Record<string, unknown>, key: string, protocols: Set<string>, request: IncomingMessage, ...rest: unknown[]) => void;

const { completeUpgrade } = WebSocketServer.prototype as unknown as { completeUpgrade: CompleteUpgrade };

/** Negotiates by itself: the library refuses handshakes whose offers it cannot accept, where RFC 7692 goes on without the extension. */
export class DeflatingServer extends WebSocketServer {
  private readonly maxPayloadBytes: number;

  constructor(options: ServerOptions & { maxPayload: number }) {
    super({ ...options, perMessageDeflate: false });
    this.maxPayloadBytes = options.maxPayload;
  }

  /** Called by the library. */
  protected completeUpgrade(extensions: Record<string, unknown>, key: string, protocols: Set<string>, request: IncomingMessage, ...rest: unknown[]): void {
    const parameters = negotiateDeflate(request.headers);
    if (parameters !== undefined) extensions['permessage-deflate'] = new InboundInflate(parameters, this.maxPayloadBytes);
    completeUpgrade.call(this, extensions, key, protocols, request, ...rest);
  }
}
