// The door of redis/: the engine of many nodes.
export * from './redis-engine.js';
export * from './redis-engine.options.js';
