// The door of log/: the heart, plain TypeScript. Knows neither Nest nor sockets nor disks.
export * from './clock.js';
export * from './log-entry.js';
export * from './queue-owner.js';
