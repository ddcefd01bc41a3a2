// The door of embedded/: the engine of one process.
export * from './embedded-engine.js';
export * from './embedded-engine.options.js';
