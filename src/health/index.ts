// The door of health/: whether notifications are delivered.
export * from './canary.module.js';
export { CanaryService } from './canary.service.js';
export * from './health.module.js';
