// The door of limits/: how much clients may send, and who is banned.
export * from './ban.guard.js';
export * from './ban-list.service.js';
export * from './client-throttler.guard.js';
export * from './http-throttler.guard.js';
export * from './limits.module.js';
export * from './memory-rate-limit-store.js';
export * from './rate-limits.service.js';
export * from './sliding-window.js';
export * from './sliding-windows.js';
