// The door of metrics/: what happens here in numbers, for Prometheus and for pages.
export * from './metric-definitions.js';
export * from './metrics.module.js';
export * from './statistics.service.js';
