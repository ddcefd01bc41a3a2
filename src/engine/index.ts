// The door of engine/: the interface of the store, and its implementations.
export * from './delivery-engine.interface.js';
