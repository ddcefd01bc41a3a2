// Stands in for an OpenTelemetry collector: takes traces as OTLP over HTTP in JSON.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { until } from './until.js';

const WAIT_TIMEOUT_MS = 20_000;

type Value = { stringValue?: string; intValue?: number | string; boolValue?: boolean; doubleValue?: number };
type Attributes = Record<string, string | number | boolean | undefined>;

/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, as far as the tests look at it. */
interface ExportRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: Value }[] };
    scopeSpans: { spans: (Omit<CollectedSpan, 'attributes' | 'resource'> & { attributes: { key: string; value: Value }[] })[] }[];
  }[];
}

/** A span as it came. */
export interface CollectedSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attributes;
  status: { code: number; message?: string };
  links: { traceId: string; spanId: string }[];
  resource: Attributes;
}

/** Its spans, and a way to wait for more. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  /** The headers of each request. */
  readonly requests: NodeJS.Dict<string | string[]>[] = [];
  private readonly changes = new EventEmitter();
  private readonly server = createServer((request, response) => {
    this.requests.push({ path: request.url, ...request.headers });
    void json(request).then((body) => {
      this.take(body as ExportRequest);
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
  });

  /** What OTEL_EXPORTER_OTLP_ENDPOINT is to be. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  start(): Promise<this> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', () => resolve(this)));
  }

  /** The spans of one trace. */
  of(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** Resolves when the condition holds; it is looked at again whenever spans come. */
  until(what: string, condition: () => boolean): Promise<void> {
    return until(this.changes, condition, {
      inVain: () => `The collector waited in vain for ${what}; it has ${JSON.stringify(this.spans.map(({ name, traceId }) => `${name} ${traceId}`))}`,
      timeoutMs: WAIT_TIMEOUT_MS,
    });
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private take({ resourceSpans }: ExportRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { spans } of scopeSpans) {
        for (const span of spans) this.spans.push({ ...span, attributes: toRecord(span.attributes), resource: toRecord(resource.attributes) });
      }
    }
    this.changes.emit('change');
  }
}

function toRecord(attributes: readonly { key: string; value: Value }[]): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? value.doubleValue ?? (value.intValue === undefined ? undefined : Number(value.intValue))]),
  );
}
