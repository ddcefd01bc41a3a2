// The door of rooms/: the HTTP API.
export * from './membership-room-authorizer.js';
export * from './room-authorizer.interface.js';
export * from './rooms.module.js';
