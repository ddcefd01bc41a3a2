// The door of protocol/: everything that is said on the wire. Imports nothing of ours.
export * from './chat-error.js';
export * from './close-code.js';
export * from './error-code.js';
export type * from './frames.js';
export * from './identifiers.js';
export * from './message-deflate.js';
export * from './notification.js';
export type * from './notification-debug.js';
export * from './notification-text.js';
export * from './reserved-types.js';
export * from './text-frame.js';
export * from './traceparent.js';
export * from './subprotocol.js';
export * from './json-guard.js';
export * from './json-object.decorator.js';
export * from './commands/index.js';
