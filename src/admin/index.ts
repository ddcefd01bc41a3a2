// The door of admin/: the routes of operators.
export * from './admin.module.js';
