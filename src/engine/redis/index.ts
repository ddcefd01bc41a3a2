// The door of redis/: the engine of many nodes, and filling a store for it.
export * from './redis-engine.js';
export * from './redis-engine.options.js';
export * from './redis-import.js';
