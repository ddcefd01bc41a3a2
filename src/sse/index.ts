// The door of sse/: event streams.
export * from './sse.module.js';
