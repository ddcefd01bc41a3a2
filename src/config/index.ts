// The door of config/: every setting, read once and valid.
export * from './load-settings.js';
export * from './describe-settings.js';
export * from './node-name.js';
export * from './outbound-addresses.js';
export * from './read-settings.js';
export * from './token-key.js';
export * from './settings.error.js';
export * from './tracing-settings.js';
export * from './settings.js';
export * from './settings.module.js';
export * from './webhook-settings.js';
