// The door of health/: whether notifications are delivered.
export * from './health.module.js';
