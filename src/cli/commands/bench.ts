// `chatapi bench`: a load on a server that runs, measured by its clients.
import { randomUUID } from 'node:crypto';
import { BenchApi } from '../bench/bench-api.js';
import { BenchLoad, type LoadResult } from '../bench/bench-load.js';
import type { Command } from '../command.js';
import { tokenSigner } from '../token-signer.js';
import { UsageError } from '../usage.error.js';

const MOST_CONNECTIONS = 10_000;
const MOST_RATE = 5_000;
const MOST_SECONDS = 3_600;
const MOST_MESSAGES = 5_000_000;

/** Tokens live at least so much longer than the load lasts. */
const TTL_SECONDS = 3_600;

/** Above this share of a core the figures are those of this process. */
const BUSY_PERCENT = 80;

export const benchCommand: Command = {
  summary: 'puts a load on a running server and prints what its clients see',
  options: {
    url: { value: 'url', description: 'the server; http://localhost:8000 when absent' },
    connections: { value: 'n', description: `clients, at most ${MOST_CONNECTIONS}; 100 when absent` },
    rooms: { value: 'n', description: 'rooms that they are spread over; 10 when absent' },
    rate: { value: 'n', description: `messages a second to all rooms together, at most ${MOST_RATE}; 100 when absent` },
    seconds: { value: 'n', description: `how long, at most ${MOST_SECONDS}; 10 when absent` },
    size: { value: 'n', description: 'characters of a message, at most 65536; 100 when absent' },
    json: { description: 'the figures as one JSON object' },
  },
  notes: [
    'Signs its tokens with JWT_SECRET, or the secret kept for development in DATA_DIR, for a tenant of its own: it meets nobody and',
    'removes its rooms when it is done. Latency is from before the request that publishes a message until a client has it, on one clock.',
    'Messages are published at the rate however long answers take; percentiles are at most 3.2 % too large. Lost are deliveries of stored',
    'messages that have not come within 10 s: then, and when a publish failed, the exit code is 1.',
  ],

  async run(values) {
    const server = values.url('url', 'http://localhost:8000', ['http', 'https']);
    const connections = values.upTo('connections', MOST_CONNECTIONS, 100);
    const size = {
      connections,
      rooms: values.upTo('rooms', connections, Math.min(10, connections)),
      rate: values.upTo('rate', MOST_RATE, 100),
      seconds: values.upTo('seconds', MOST_SECONDS, 10),
      size: values.upTo('size', 65_536, 100),
    };
    if (size.rate * size.seconds > MOST_MESSAGES) throw new UsageError(`--rate times --seconds must be at most ${MOST_MESSAGES}`);
    const sign = await tokenSigner();
    const tenant = `bench-${randomUUID()}`;
    const tokenOf = (sub: string, scope: string): string => sign({ sub, scope, tenant, ttlSeconds: TTL_SECONDS + size.seconds }).token;
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    const api = new BenchApi(server, tokenOf('bench', 'admin'));
    const load = new BenchLoad(size, api, new URL('/ws', server), (client) => tokenOf(client, 'receive:message'), stop.signal);
    const result = await load.run();
    const report = reportOf(result);
    process.stdout.write(values.flag('json') ? `${JSON.stringify({ ...size, ...report })}\n` : `${table(report)}\n`);
    if (result.ownCpuPercent > BUSY_PERCENT) process.stderr.write('chatapi: this process was busy: its figures are limited by itself\n');
    if (result.lost > 0 || result.failed > 0) throw new Error(`${result.lost} deliveries are lost, ${result.failed} publishes failed`);
  },
};

/** The figures by name. */
function reportOf(result: LoadResult): Record<string, number> {
  const { published, failed, skipped, delivered, lost, reconnections, seconds, latency, ownCpuPercent } = result;
  const figures = {
    published,
    publishes_failed: failed,
    publishes_skipped: skipped,
    published_per_second: published / seconds,
    delivered,
    delivered_per_second: delivered / seconds,
    lost,
    reconnections,
    latency_p50_ms: latency.percentile(50),
    latency_p90_ms: latency.percentile(90),
    latency_p99_ms: latency.percentile(99),
    latency_max_ms: latency.max,
    own_cpu_percent: ownCpuPercent,
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]));
}

function table(report: Readonly<Record<string, number>>): string {
  const width = Math.max(...Object.keys(report).map(({ length }) => length));
  return Object.entries(report)
    .map(([name, value]) => `${name.replaceAll('_', ' ').padEnd(width)}  ${value}`)
    .join('\n');
}
