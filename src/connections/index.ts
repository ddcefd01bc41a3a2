// The door of connections/: connections of clients, and WebSockets, which most of them are.
export * from './command-chain.js';
export * from './connection.js';
export * from './connection-admission.service.js';
export * from './connection-capacity.service.js';
export * from './connection-deadlines.service.js';
export * from './connection-registry.js';
export * from './connections.module.js';
export * from './delivery-ws.adapter.js';
export * from './drain-state.js';
export * from './upgrade-handler.js';
export * from './upgrade-request.js';
export * from './web-socket-connection.js';
