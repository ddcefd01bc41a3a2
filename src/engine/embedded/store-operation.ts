// What the engine asks of the store's thread, and what comes back.
import type { AppendedEntry } from '../../log/index.js';
import type { ErrorCode } from '../../protocol/index.js';
import type { AppendRequest, DeliveryEngine } from '../delivery-engine.interface.js';
import type { EngineCall } from '../engine-call.js';
import type { Outbox } from '../outbox.interface.js';
import type { PresenceJournal } from '../presence-journal.interface.js';
import type { Durability } from './embedded-engine.options.js';
import type { PackedRead } from './packed-read.js';

/** What became of one request; its data stays with the engine, which has it. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly seq: number; readonly incarnation: number; readonly memberCount: number }
  | { readonly kind: 'repeated'; readonly seq: number; readonly incarnation: number; readonly at: number; readonly data?: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

/** Carried out by the store just as the engine's interface says. */
type Forwarded = Exclude<
  EngineCall,
  'append' | 'closeQueue' | 'listen' | 'listenAccess' | 'listenPresence' | 'readQueue' | 'start' | 'stop'
>;

/** The calls of the outbox, by the names that they have among the others. */
export type OutboxCalls = { [K in keyof Outbox as `outbox${Capitalize<K>}`]: (...args: Parameters<Outbox[K]>) => Awaited<ReturnType<Outbox[K]>> };

/** The calls of the journal of presence, in the same way. */
export type JournalCalls = {
  [K in keyof PresenceJournal as `journal${Capitalize<K>}`]: (...args: Parameters<PresenceJournal[K]>) => Awaited<ReturnType<PresenceJournal[K]>>;
};

/** The calls that the store answers, each within the transaction of its batch. */
export type StoreCalls = {
  [K in Forwarded]: (...args: Parameters<DeliveryEngine[K]>) => Awaited<ReturnType<DeliveryEngine[K]>>;
} & OutboxCalls & JournalCalls & {
  append(requests: readonly AppendRequest[]): AppendOutcome[];
  readQueue(...args: Parameters<DeliveryEngine['readQueue']>): PackedRead;
  /** Clears away a bounded part of what is too old; whether more remains. */
  housekeep(): boolean;
};

/** One call on its way to the store. */
export type StoreOperation = { [K in keyof StoreCalls]: { readonly kind: K; readonly args: Parameters<StoreCalls[K]> } }[keyof StoreCalls];

/** What became of one operation. */
export type StoreOutcome =
  | { readonly value: unknown; readonly entries?: readonly AppendedEntry[] }
  | { readonly refused: ErrorCode; readonly cause?: string };

/** What the store's thread is started with. */
export interface StoreSettings {
  readonly dataDir: string;
  readonly durability: Durability;
  readonly queueMaxPerClient: number;
  readonly queueTtlMs: number;
  readonly idempotencyTtlMs: number;
  readonly maxStoreBytes: number;
  /** What the names of clients' own logs begin with. */
  readonly personalPrefix: string;
}

/** To the store's thread. */
export type StoreRequest =
  | { readonly kind: 'batch'; readonly now: number; readonly operations: readonly StoreOperation[] }
  | { readonly kind: 'close' };

/** From the store's thread. `broken`: it cannot be relied on any more. */
export type StoreReport =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'answered'; readonly outcomes: readonly StoreOutcome[] }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'closed' };
