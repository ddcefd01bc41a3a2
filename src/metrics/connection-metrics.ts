// Connections: how many, why they end or never begin, who comes back, who is slow.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import type { Counter, Histogram } from 'prom-client';
import { Settings } from '../config/index.js';
import { ConnectionRegistry } from '../connections/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import { ChatEvents, type ConnectionReference, type Disconnected } from '../events/index.js';
import { logKey, monotonicClock } from '../log/index.js';
import { CloseCode } from '../protocol/index.js';
import { ConnectionSweep } from './connection-sweep.js';
import { MetricsRegistry } from './metrics-registry.js';
import { Reconnections } from './reconnections.js';

/** Codes of RFC 6455 §7.4.1, and the server's own. A client may close with any of 3000 to 4999. */
const KNOWN_CODES: ReadonlySet<number> = new Set([...Object.values(CloseCode), 1002, 1003, 1005, 1006, 1007, 1008, 1010, 1011]);

/** What the connections of this process were, and are. */
@Injectable()
export class ConnectionMetrics implements OnApplicationBootstrap {
  private readonly connections: Counter;
  private readonly disconnections: Counter;
  private readonly refusals: Counter;
  private readonly duration: Histogram;
  private readonly gap: Histogram;
  private readonly timeouts: Counter;
  private readonly reconnections = new Reconnections();
  private readonly totals = { opened: 0, closed: 0, refused: 0, reconnected: 0 };
  private readonly eventStreams = { opened: 0, open: 0 };

  constructor(
    metrics: MetricsRegistry,
    private readonly events: ChatEvents,
    private readonly registry: ConnectionRegistry,
    private readonly adapterHost: HttpAdapterHost,
    sweep: ConnectionSweep,
    { counters }: DeliveryQueue,
    { maxConnections }: Settings,
  ) {
    this.connections = metrics.counter('chatapi_connections_total');
    this.disconnections = metrics.counter('chatapi_disconnections_total');
    this.refusals = metrics.counter('chatapi_connection_refusals_total');
    this.duration = metrics.histogram('chatapi_connection_duration_seconds');
    this.gap = metrics.histogram('chatapi_reconnection_gap_seconds');
    this.timeouts = metrics.counter('chatapi_request_timeouts_total');
    metrics.countOf('chatapi_reconnections_total', () => this.totals.reconnected);
    metrics.gaugeOf('chatapi_active_connections', () => registry.size);
    metrics.gaugeOf('chatapi_active_event_streams', () => this.eventStreams.open);
    metrics.countOf('chatapi_event_streams_total', () => this.eventStreams.opened);
    metrics.gaugeOf('chatapi_max_connections', () => maxConnections);
    metrics.gaugeOf('chatapi_connections_waiting', async () => (await sweep.newest()).waiting);
    metrics.gaugeOf('chatapi_connections_catching_up', async () => (await sweep.newest()).catchingUp);
    metrics.gaugeOf('chatapi_socket_buffer_bytes', async () => (await sweep.newest()).bufferedBytes);
    metrics.countOf('chatapi_connection_waits_total', () => counters.waits);
    metrics.countOf('chatapi_connections_stuck_total', () => counters.stuck);
    metrics.countOf('chatapi_heartbeats_missed_total', () => counters.heartbeatsMissed);
  }

  /** How many there were since the start. */
  get counts(): Readonly<{ opened: number; closed: number; refused: number; reconnected: number }> {
    return this.totals;
  }

  onApplicationBootstrap(): void {
    this.events.on('connected', (connection) => this.connected(connection));
    this.events.on('disconnected', (connection) => this.disconnected(connection));
    this.events.on('refused', ({ reason }) => {
      this.totals.refused++;
      this.refusals.inc({ reason });
    });
    // Whoever serves HTTP answers these; here they are only counted.
    (this.adapterHost.httpAdapter.getHttpServer() as Server).on('clientError', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') this.timeouts.inc();
    });
  }

  private connected({ tenant, clientId, transport }: ConnectionReference): void {
    this.totals.opened++;
    if (transport === 'sse') {
      this.eventStreams.opened++;
      this.eventStreams.open++;
    }
    this.connections.inc();
    const gapMs = this.reconnections.came(logKey(tenant, clientId), monotonicClock.now());
    if (gapMs === undefined) return;
    this.totals.reconnected++;
    this.gap.observe(gapMs / 1000);
  }

  private disconnected({ tenant, clientId, code, durationMs, transport }: Disconnected): void {
    this.totals.closed++;
    if (transport === 'sse') this.eventStreams.open--;
    this.disconnections.inc({ code: KNOWN_CODES.has(code) ? String(code) : 'other' });
    this.duration.observe(durationMs / 1000);
    if (this.registry.of(tenant, clientId).length === 0) this.reconnections.left(logKey(tenant, clientId), monotonicClock.now());
  }
}
