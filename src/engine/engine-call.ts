// The calls of an engine, for implementations that pass them on.
import type { DeliveryEngine } from './delivery-engine.interface.js';

type Call = (...args: never[]) => unknown;

/** The names of the calls. */
export type EngineCall = { [K in keyof DeliveryEngine]-?: DeliveryEngine[K] extends Call ? K : never }[keyof DeliveryEngine];

/** What a call is given. */
export type Args<K extends EngineCall> = Parameters<DeliveryEngine[K]>;

/** What a call gives back. */
export type Answer<K extends EngineCall> = ReturnType<DeliveryEngine[K]>;
