// The door of console/: the web page of live numbers, operators' actions and a playground.
export * from './console.module.js';
