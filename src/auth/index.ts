// The door of auth/: who is asking, and what they may do.
export * from './auth.module.js';
export * from './authenticator.js';
export * from './revocation-list.js';
export * from './bearer.guard.js';
export * from './configured-signature-verifier.js';
export * from './bearer-header.js';
export * from './current-principal.decorator.js';
export * from './jwt-token-verifier.js';
export * from './principal.js';
export * from './require-scope.decorator.js';
export * from './signature-verifier.interface.js';
export * from './token-verifier.interface.js';
export * from './upgrade-token.js';
