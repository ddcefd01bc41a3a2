// Shutting down: no new connections, and those that are open are closed spread over time.
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { CloseCode, type ReconnectData } from '../protocol/index.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.js';
import { DrainState } from './drain-state.js';

/** Few connections do not need all of SHUTDOWN_DRAIN_SECONDS: so much time between two closes is enough, ms. */
const CLOSE_SPACING_MS = 250;

/** However few there are: so that whoever asks /readyz sees that this server drains, ms. */
const MIN_SPAN_MS = 1_000;

/** How often the next connections are closed at most, ms. */
const STEP_MS = 50;

/** How long the last closing handshakes may take, ms. */
const HANDSHAKE_MS = 2_000;

/** Runs before anything else is torn down: what is acknowledged in the closing handshakes still counts. */
@Injectable()
export class ConnectionDrain implements OnModuleDestroy {
  private readonly logger = new Logger('Connections');

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly state: DrainState,
    private readonly settings: Settings,
  ) {}

  /** Resolves when every connection has ended. */
  async onModuleDestroy(): Promise<void> {
    this.state.draining = true;
    const connections = [...this.registry.all()];
    if (connections.length === 0) return;
    const spanMs = Math.min(this.settings.shutdownDrainSeconds * 1000, Math.max(MIN_SPAN_MS, connections.length * CLOSE_SPACING_MS));
    this.logger.log({ msg: 'draining', connections: connections.length, span_ms: spanMs });
    const began = performance.now();
    for (const [index, connection] of connections.entries()) {
      const aheadMs = ((index + 1) * spanMs) / connections.length - (performance.now() - began);
      if (aheadMs > 0) await pause(Math.max(aheadMs, STEP_MS));
      this.close(connection, spanMs);
    }
    await Promise.race([Promise.all(connections.map(ended)), pause(HANDSHAKE_MS)]);
    for (const connection of connections) connection.terminate();
    await Promise.all(connections.map(ended));
  }

  private close(connection: Connection, spanMs: number): void {
    const data: ReconnectData = { reason: 'shutting down', after_ms: Math.round(Math.random() * spanMs) };
    connection.sendReconnect(data, spanMs + HANDSHAKE_MS);
    connection.close(CloseCode.GoingAway, 'shutting down');
  }
}

function ended(connection: Connection): Promise<void> {
  return new Promise((resolve) => connection.onEnd(() => resolve()));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
