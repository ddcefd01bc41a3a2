// The spans of a notification: publish, append, fan-out, acknowledge.
import { type Context, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, TraceFlags, type Tracer } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { DeliveryTracing, TracedAppend } from '../delivery/index.js';
import type { AppendRequest, AppendResult } from '../engine/index.js';
import type { Delivered } from '../events/index.js';
import { type AppendedEntry, logKey } from '../log/index.js';
import { FannedOut } from './fanned-out.js';

/** Spans of one kind that one call makes at most: whoever publishes in so many traces at once loses the others' spans, not their notifications. */
const MAX_SPANS_AT_ONCE = 32;

/** Traced notifications of one log and trace that came together. */
interface TracedRun {
  readonly traceparent: string;
  readonly tenant: string;
  readonly log: string;
  readonly fromSeq: number;
  toSeq: number;
  count: number;
}

/** Makes spans. Contexts are handed on with the notifications; none is kept for a call, so nothing is paid where nothing is traced. */
export class SpanTracing implements DeliveryTracing {
  private readonly tracer: Tracer;
  private readonly fannedOut = new FannedOut();

  constructor(
    private readonly provider: BasicTracerProvider,
    private readonly engine: string,
  ) {
    this.tracer = provider.getTracer('chatapi-delivery');
  }

  async append(publications: readonly TracedAppend[], append: (requests: AppendRequest[]) => Promise<(AppendResult | Error)[]>): Promise<(AppendResult | Error)[]> {
    const publishes = this.startPublishes(publications);
    const [first] = publishes.values();
    const links: Link[] = [...publishes.values()].slice(1).map((span) => ({ context: span.spanContext() }));
    const appendSpan = this.tracer.startSpan(
      'append',
      { kind: SpanKind.INTERNAL, links, attributes: { 'chatapi.engine': this.engine, 'chatapi.count': publications.length } },
      trace.setSpan(ROOT_CONTEXT, first),
    );
    const requests = publications.map(({ request, traceparent }): AppendRequest => {
      const span = publishes.get(traceparent);
      return span?.isRecording() ? { ...request, traceparent: toTraceparent(span) } : request;
    });
    try {
      const results = await append(requests);
      const refused = results.filter((result) => result instanceof Error).length;
      appendSpan.setAttribute('chatapi.refused', refused);
      publications.forEach(({ traceparent }, i) => notePublished(publishes.get(traceparent), results[i]));
      return results;
    } catch (error) {
      for (const span of [appendSpan, ...publishes.values()]) fail(span, error);
      throw error;
    } finally {
      appendSpan.end();
      for (const span of publishes.values()) span.end();
    }
  }

  fanOut(entries: readonly AppendedEntry[], receivers: (tenant: string, log: string) => number, deliver: () => void): void {
    const runs = tracedRuns(entries);
    if (runs.length === 0) {
      deliver();
      return;
    }
    const startTime = Date.now();
    const startedAt = performance.now();
    deliver();
    const endTime = startTime + (performance.now() - startedAt);
    for (const { traceparent, tenant, log, fromSeq, toSeq, count } of runs) {
      const parent = toContext(traceparent);
      if (parent === ROOT_CONTEXT) continue;
      const attributes = {
        'chatapi.tenant': tenant,
        'chatapi.log': log,
        'chatapi.from_seq': fromSeq,
        'chatapi.to_seq': toSeq,
        'chatapi.count': count,
        'chatapi.receivers': receivers(tenant, log),
      };
      const span = this.tracer.startSpan('fan-out', { kind: SpanKind.PRODUCER, startTime, attributes }, parent);
      if (span.isRecording()) this.fannedOut.add(logKey(tenant, log), { fromSeq, toSeq, context: span.spanContext(), at: endTime, acknowledged: 0 });
      span.end(endTime);
    }
  }

  acknowledged(delivered: readonly Delivered[]): void {
    const now = Date.now();
    for (const { tenant, clientId, device, log, fromSeq, toSeq } of delivered) {
      for (const known of this.fannedOut.take(logKey(tenant, log), fromSeq, toSeq)) {
        const attributes = {
          'chatapi.tenant': tenant,
          'chatapi.log': log,
          'chatapi.client_id': clientId,
          'chatapi.device': device,
          'chatapi.from_seq': Math.max(fromSeq, known.fromSeq),
          'chatapi.to_seq': Math.min(toSeq, known.toSeq),
        };
        const parent = trace.setSpanContext(ROOT_CONTEXT, known.context);
        this.tracer.startSpan('acknowledge', { kind: SpanKind.CONSUMER, startTime: Math.min(known.at, now), attributes }, parent).end(now);
      }
    }
  }

  async stop(): Promise<void> {
    await this.provider.shutdown();
  }

  /** One span for each trace that the publications belong to; those without one share a new trace. */
  private startPublishes(publications: readonly TracedAppend[]): ReadonlyMap<string | undefined, Span> {
    const counts = new Map<string | undefined, number>();
    for (const { traceparent } of publications) counts.set(traceparent, (counts.get(traceparent) ?? 0) + 1);
    const [{ request }] = publications;
    const isOfOneLog = publications.every(({ request: { tenant, log } }) => tenant === request.tenant && log === request.log);
    const where = { 'chatapi.tenant': request.tenant, ...(isOfOneLog && { 'chatapi.log': request.log, 'chatapi.type': request.type }) };
    const spans = new Map<string | undefined, Span>();
    for (const [traceparent, count] of [...counts].slice(0, MAX_SPANS_AT_ONCE)) {
      spans.set(traceparent, this.tracer.startSpan('publish', { kind: SpanKind.SERVER, attributes: { ...where, 'chatapi.count': count } }, toContext(traceparent)));
    }
    return spans;
  }
}

/** Runs of entries of one log and trace, as they came. */
function tracedRuns(entries: readonly AppendedEntry[]): TracedRun[] {
  const runs = new Map<string, TracedRun>();
  for (const { tenant, log, seq, entry } of entries) {
    const traceparent = entry?.traceparent;
    if (traceparent === undefined) continue;
    const key = `${logKey(tenant, log)} ${traceparent}`;
    const run = runs.get(key);
    if (run !== undefined) {
      run.toSeq = seq;
      run.count++;
    } else if (runs.size < MAX_SPANS_AT_ONCE) {
      runs.set(key, { traceparent, tenant, log, fromSeq: seq, toSeq: seq, count: 1 });
    }
  }
  return [...runs.values()];
}

/** The number it got, when it is one; what it was refused with. */
function notePublished(span: Span | undefined, result: AppendResult | Error): void {
  if (span === undefined) return;
  if (result instanceof Error) fail(span, result);
  else span.setAttributes({ 'chatapi.seq': result.seq, 'chatapi.duplicate': result.duplicate });
}

/** Its code alone: messages of errors may hold what somebody sent. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'SERVER_ERROR';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.setAttribute('error.type', code);
}

function toContext(traceparent: string | undefined): Context {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true });
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function toTraceparent(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-0${(traceFlags & TraceFlags.SAMPLED).toString(16)}`;
}
