// The public door: what other applications import. The rest is internal.
export * from './chat-delivery.module.js';
export * from './config/index.js';
export * from './connections/index.js';
export * from './delivery/index.js';
export * from './audit/index.js';
export * from './auth/index.js';
export * from './engine/index.js';
export * from './events/index.js';
export * from './gateway/index.js';
export * from './http/index.js';
export * from './metrics/index.js';
export * from './presence/index.js';
export * from './protocol/index.js';
export * from './rooms/index.js';
export * from './tracing/index.js';
