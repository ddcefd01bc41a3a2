// The door of console/: the web page that shows one client's frames as they arrive.
export * from './console.module.js';
