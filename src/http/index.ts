// The door of http/: how requests are read and errors are answered, whatever the route.
export * from './api-controller.decorator.js';
export * from './body-limits.js';
export * from './configure-http.js';
export * from './cursor.js';
export * from './http-adapter.js';
export * from './http.module.js';
export * from './idempotency-key.decorator.js';
export * from './json-limits.js';
export * from './max-json-bytes.decorator.js';
export * from './ndjson.js';
export * from './page-query.js';
export * from './path-id.pipe.js';
export * from './problem.js';
export * from './problem.filter.js';
export * from './request-validation.pipe.js';
export * from './sequence.pipe.js';
export * from './validated.js';
