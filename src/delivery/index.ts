// The door of delivery/: publishing, and delivering what was published.
export * from './delivery-events.js';
export * from './delivery.module.js';
export * from './delivery-queue.js';
export * from './delivery-tracing.interface.js';
export * from './notification-filter.interface.js';
export * from './notification-publisher.js';
export * from './publication.js';
export * from './sent-positions.interface.js';
export * from './type-notification-filter.js';
