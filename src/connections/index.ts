// The door of connections/: WebSockets of clients.
export * from './command-chain.js';
export * from './connection.js';
export * from './connection-deadlines.service.js';
export * from './connection-registry.js';
export * from './connections.module.js';
export * from './delivery-ws.adapter.js';
export * from './drain-state.js';
export * from './upgrade-handler.js';
