// The door of engine/: the interface of the store, and its implementations.
export * from './connection-places.interface.js';
export * from './delivery-engine.interface.js';
export * from './embedded/index.js';
export * from './engine-meter.js';
export * from './engine.module.js';
export * from './feed-counters.js';
export { toPage } from './listing-page.js';
export * from './node-bus.interface.js';
export * from './outbox.interface.js';
export * from './presence-journal.interface.js';
export * from './rate-limit-store.interface.js';
export * from './store-transfer.js';
export * from './store-transfer.interface.js';
