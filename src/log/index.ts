// The door of log/: the heart, plain TypeScript. Knows neither Nest nor sockets nor disks.
export * from './audience.js';
export * from './clock.js';
export type { RaisedCursors } from './cursor-journal.js';
export type { NotificationDebug, StreamDebug } from './debug-stream.js';
export * from './delivery-counters.js';
export * from './delivery-hub.js';
export * from './delivery-options.js';
export * from './delivery-stream.js';
export type { PingedFrames } from './encoded-chunk.js';
export * from './frame-sink.interface.js';
export * from './log-entry.js';
export * from './log-feed.js';
export * from './queue.js';
export * from './queue-owner.js';
export type { Defer } from './sweeps.js';
export * from './random-source.js';
