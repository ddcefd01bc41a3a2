// What a client may send: one class a command, validated with class-validator.
export * from './ack-command.js';
export * from './command-type.js';
export * from './inbound-frame.js';
export * from './message-command.js';
export * from './presence-command.js';
export * from './token-refresh-command.js';
