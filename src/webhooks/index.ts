// The door of webhooks/: events of the server, sent to the operator's URLs.
export * from './http-webhook-sender.js';
export * from './webhook-bodies.js';
export * from './webhook-meter.js';
export * from './webhook-meter.module.js';
export * from './webhook-sender.interface.js';
export * from './webhooks.module.js';
