// The door of gateway/: the WebSocket endpoint.
export * from './command.pipe.js';
export * from './control-frame.limit.js';
export * from './gateway.module.js';
export * from './notifications.gateway.js';
export * from './ws-jwt.guard.js';
export * from './ws-throttler.guard.js';
