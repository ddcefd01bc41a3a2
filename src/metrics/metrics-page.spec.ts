// docs/metrics.md is made from the table: rendered here, and found stale here. `node scripts/metrics-table.mjs` writes it anew.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MetricDefinition, METRICS } from './metric-definitions.js';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'metrics.md');

const INTRODUCTION = `# Metrics

\`GET /metrics\` answers in Prometheus's text format. It asks for \`Authorization: Bearer\` with \`METRICS_TOKEN\`, or with a token of scope \`admin\`:

\`\`\`yaml
scrape_configs:
  - job_name: chatapi
    authorization: { credentials_file: /etc/prometheus/chatapi-metrics-token }
    static_configs: [{ targets: ['chatapi:8000'] }]
\`\`\`

Every process tells of itself alone: sums over all servers are made in Prometheus (\`sum(chatapi_active_connections)\`). No label has a value that a client or a
backend chooses, and nothing in the answer names a tenant, a room or a client; types that backends make up are \`custom\`.

Nothing is counted once a receiver that can be counted once a write: deliveries and latencies are noted by chunk of notifications. The queues of the connected clients
are looked at when \`/metrics\` is read, 500 connections a turn of the event loop, and at most once a second. Latencies are of notifications that were published while the
connection was there; what waited in a queue counts as replayed instead. Between two servers they are as exact as their clocks, which follow that of Redis.

## The specification's connection metrics

| the specification says | here |
| --- | --- |
| active WebSocket connections | \`chatapi_active_connections\`, also \`active_connections\` of \`/ws/health\` |
| message delivery rates | \`rate(chatapi_notifications_delivered_total[5m])\`, beside \`rate(chatapi_notifications_acknowledged_total[5m])\` |
| connection failure rates | \`rate(chatapi_connection_refusals_total[5m])\` by reason, \`rate(chatapi_disconnections_total{code!~"1000|1001|1005|4001"}[5m])\` by code |
| reconnection attempts | \`rate(chatapi_reconnections_total[5m])\`; how long they were away: \`chatapi_reconnection_gap_seconds\` |

## Every limit

| limit | reaching it shows in |
| --- | --- |
| \`RATE_LIMIT_MAX\`, \`PUBLISH_RATE_LIMIT_MAX\`, \`CONTROL_RATE_LIMIT_MAX\` | \`chatapi_rate_limited_total\` by kind |
| \`RATE_LIMIT_QUEUE_MAX\` | \`chatapi_rate_limited_total{kind="message",via="websocket",outcome="dropped"}\` while \`outcome="held"\` rises |
| \`BAN_THRESHOLD\` | \`chatapi_bans_total{origin="automatic"}\`, \`chatapi_disconnections_total{code="4403"}\` |
| \`MAX_CONNECTIONS\`, \`MAX_CONNECTIONS_PER_IP\`, \`MAX_CONNECTIONS_PER_CLIENT\` | \`chatapi_connection_refusals_total\` by reason; with \`CONNECTION_LIMIT_POLICY=close-oldest\` \`chatapi_disconnections_total{code="4429"}\` |
| \`MAX_CONNECTION_LIFETIME_SECONDS\` | \`chatapi_disconnections_total{code="4001"}\` |
| \`HANDSHAKE_TIMEOUT_SECONDS\` | \`chatapi_request_timeouts_total\` |
| \`AUTH_FAILURES_PER_MINUTE\` | \`chatapi_connection_refusals_total{reason="authentication_repeated"}\` |
| \`INVALID_FRAMES_PER_MINUTE\` | \`chatapi_invalid_frames_total\`, \`chatapi_disconnections_total{code="4400"}\` |
| \`QUEUE_MAX_PER_CLIENT\`, \`QUEUE_TTL_SECONDS\` | \`chatapi_notifications_dropped_total\` by reason |
| \`PRESENCE_MAX_ROOM_SIZE\` | \`chatapi_presence_rooms_skipped_total\` |
| \`MAX_PAYLOAD_BYTES\` | \`chatapi_disconnections_total{code="1009"}\` |
| \`HEARTBEAT_TIMEOUT_SECONDS\` | \`chatapi_heartbeats_missed_total\` |
| \`SEND_BUFFER_MAX_BYTES\` | \`chatapi_connection_waits_total\`, \`chatapi_connections_waiting\`, and, after 30 s, \`chatapi_connections_stuck_total\` |
| \`TAIL_CACHE_BYTES\` | \`chatapi_tail_cache_bytes\`; more \`chatapi_engine_call_duration_seconds_count{call="readQueue"}\` |
| \`STORE_MAX_BYTES\` | \`chatapi_engine_failures_total{reason="full"}\` |
| \`WEBHOOK_QUEUE_MAX\`, \`WEBHOOK_MAX_ATTEMPTS\`, \`WEBHOOK_RETRY_SECONDS\` | \`chatapi_webhooks_dropped_total\` by reason |
| \`WEBHOOK_TIMEOUT_SECONDS\`, \`WEBHOOK_ALLOW_PRIVATE_ADDRESSES\` | \`chatapi_webhook_attempts_total\` by outcome |
| \`REDIS_WAIT_REPLICAS\` | \`chatapi_engine_failures_total{reason="unavailable"}\` |

## Dashboard and alerts

\`deploy/grafana.json\` is a dashboard to import (Dashboards → New → Import); it asks for the Prometheus to read from. \`deploy/prometheus/alerts.yml\` holds alert rules
for the job of the example above (\`rule_files: [alerts.yml]\`): delivery unhealthy, late or dropped notifications, queues nearly full, slow connections, refusals, a
server nearly full, reconnections in crowds, failures of the store and of the lines to it, the event loop, bans. Each says what it means and where to look.
\`promtool test rules deploy/prometheus/alerts.test.yml\` tries them with made-up numbers; the tests of the project do so, and hold dashboard and rules to what \`/metrics\` really says.

## All metrics

This page is made from \`src/metrics/metric-definitions.ts\` by \`node scripts/metrics-table.mjs\`. Beside these there are the metrics of the process and of Node
(\`process_*\`, \`nodejs_*\`) under their usual names: CPU, memory, file descriptors, garbage collection, and \`nodejs_eventloop_lag_*_seconds\`. A histogram is told as
\`…_bucket\`, \`…_sum\` and \`…_count\`. Units are in the names: seconds, bytes, notifications; without one it is a number of what the name says.`;

function row([name, { type, help, labels }]: [string, MetricDefinition]): string {
  const shown = Object.entries(labels ?? {}).map(([label, values]) => `\`${label}\`: ${values}`);
  return `| \`${name}\` | ${type} | ${shown.join('; ')} | ${help} |`;
}

const definitions = Object.entries(METRICS) as [string, MetricDefinition][];

describe('docs/metrics.md', () => {
  it.each(definitions)('says of %s what it means', (name, { type, help, labels = {}, buckets = [] }) => {
    expect(help).toMatch(/^[A-Z0-9].+[.;]$/);
    // https://prometheus.io/docs/practices/naming/
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(Object.keys(labels).every((label) => /^[a-z][a-z_]*$/.test(label) && label !== 'le')).toBe(true);
    expect(buckets.length > 0).toBe(type === 'histogram');
  });

  it('names no metric that does not exist', () => {
    const named = INTRODUCTION.match(/chatapi_[a-z_]+[a-z]/g) ?? [];
    const known = new Set(definitions.flatMap(([name]) => [name, `${name}_count`]));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('is what the table says now', async () => {
    const page = [INTRODUCTION, '', '| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...definitions.map(row), ''].join('\n');
    await expect(page).toMatchFileSnapshot(PAGE);
  });
});
