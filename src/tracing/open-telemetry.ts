// The OpenTelemetry SDK, set up by its own variables. Loaded by `startTracing` alone.
import { resourceFromAttributes, detectResources, defaultResource, envDetector } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { nodeNameOf, type Settings, type TracingSettings } from '../config/index.js';
import { SpanTracing } from './span-tracing.js';

/** Samplers, limits, batches and the exporter's addresses and headers the SDK reads from OTEL_* by itself. */
export async function createTracing({ exporter }: TracingSettings, settings: Settings): Promise<SpanTracing> {
  const instance = nodeNameOf(settings);
  const own = resourceFromAttributes({ 'service.name': 'chatapi-delivery', 'service.instance.id': instance });
  // What the environment says goes before what we say.
  const resource = defaultResource().merge(own).merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(await createExporter(exporter))] });
  return new SpanTracing(provider, settings.engine);
}

async function createExporter(exporter: TracingSettings['exporter']): Promise<SpanExporter> {
  if (exporter === 'console') return new ConsoleSpanExporter();
  const { OTLPTraceExporter } =
    exporter === 'otlp/json' ? await import('@opentelemetry/exporter-trace-otlp-http') : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}
