// The door of docs/: the OpenAPI and AsyncAPI documents, and the page that shows them.
export * from './docs.module.js';
