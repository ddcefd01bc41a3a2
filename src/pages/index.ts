// The door of pages/: serving the web pages that the build made.
export * from './built-page.js';
export * from './page-answer.js';
