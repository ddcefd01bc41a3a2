// The bodies and queries of the routes.
export * from './bulk-item.js';
export * from './change-members.js';
export * from './history-query.js';
export * from './publish-message.js';
export * from './publish-notification.js';
export * from './queue-query.js';
export * from './room-properties.js';
export * from './silent-query.js';
