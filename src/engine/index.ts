// The door of engine/: the interface of the store, and its implementations.
export * from './delivery-engine.interface.js';
export * from './embedded/index.js';
export * from './engine.module.js';
