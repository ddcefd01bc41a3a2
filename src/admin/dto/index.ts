// What the routes of operators are sent.
export * from './audit-query.js';
export * from './connections-query.js';
export * from './new-ban.js';
export * from './token-revocation.js';
