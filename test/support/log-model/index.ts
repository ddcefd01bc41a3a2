// The door of the model: random runs of delivery against a plain store and simulated peers.
export * from './random-run.js';
export * from './simulated-connection.js';
export * from './simulation.js';
export * from './step.js';
