// The door of gateway/: the WebSocket endpoint, and the life of every connection.
export * from './command.pipe.js';
export * from './connection-lifecycle.service.js';
export * from './control-frame.limit.js';
export * from './gateway.module.js';
export * from './notifications.gateway.js';
export * from './ws-jwt.guard.js';
export * from './ws-throttler.guard.js';
