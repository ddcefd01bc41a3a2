// The door of rooms/: the HTTP API.
export * from './members.service.js';
export * from './membership-room-authorizer.js';
export * from './room-authorizer.interface.js';
export * from './rooms.module.js';
export * from './rooms.service.js';
