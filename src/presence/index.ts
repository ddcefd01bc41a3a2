// The door of presence/: who is online, away or offline.
export * from './presence.module.js';
export * from './presence.service.js';
