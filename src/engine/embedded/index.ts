// The door of embedded/: the engine of one process, and reading its store as a whole.
export * from './embedded-engine.js';
export * from './embedded-engine.options.js';
export * from './embedded-export.js';
