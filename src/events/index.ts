// The door of events/: what happens, typed.
export * from './chat-events.js';
export * from './events.module.js';
export * from './on-chat-event.decorator.js';
