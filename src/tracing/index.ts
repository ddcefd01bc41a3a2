// The door of tracing/: OpenTelemetry beside the core, and nothing of it loaded where it is off.
export * from './start-tracing.js';
export * from './tracing.module.js';
