// Which OTEL_* variables make traces, and where to.
import { describe, expect, it } from 'vitest';
import { SettingsError } from './settings.error.js';
import { readTracingSettings } from './tracing-settings.js';

describe('readTracingSettings', () => {
  it.each([
    {},
    { OTELX: '1', PORT: '8000' },
    { OTEL_SERVICE_NAME: '' },
    { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
    { OTEL_TRACES_EXPORTER: 'none', OTEL_SERVICE_NAME: 'chat' },
  ])('is off with %j', (environment) => {
    expect(readTracingSettings(environment)).toBeUndefined();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'otlp/protobuf'],
    [{ OTEL_SERVICE_NAME: 'chat', OTEL_SDK_DISABLED: 'false' }, 'otlp/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'otlp/json'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'otlp/json'],
    [{ OTEL_TRACES_EXPORTER: 'console', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'console'],
  ] as const)('with %j goes to %s', (environment, exporter) => {
    expect(readTracingSettings(environment)).toEqual({ exporter });
  });

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER is "zipkin"; allowed: otlp, console, none'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; allowed: http/json, http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is "grpc"'],
  ])('refuses %j and says what there is', (environment, says) => {
    expect(() => readTracingSettings(environment)).toThrow(SettingsError);
    expect(() => readTracingSettings(environment)).toThrow(says);
  });
});
