// Moving a whole store from one engine to another: what one gives out, and what the other takes and gives back for comparison.
import type { LogAddress, LogEntry } from '../log/index.js';
import type { BanRecord, MemberRecord, PresenceRecord, RevocationRecord } from './delivery-engine.interface.js';
import type { OutboxMessage } from './outbox.interface.js';
import type { JournaledChange } from './presence-journal.interface.js';

/** A log as it is stored. */
export interface StoredLog extends LogAddress {
  readonly head: number;
  /** Of what is appended next. */
  readonly incarnation: number;
  /** Absent for a client's own log. */
  readonly room?: {
    readonly name: string | null;
    readonly metadata: Record<string, unknown> | null;
    readonly createdAt: number;
    readonly memberCount: number;
    /** Of a deleted room, which keeps its numbering, and what its members have not received yet. */
    readonly deletedAt: number | null;
  };
}

/** What a device of a client has acknowledged in a log. */
export interface StoredCursor {
  readonly clientId: string;
  readonly device: string;
  readonly seq: number;
  readonly at: number;
  readonly clientSeq: number;
  readonly clientAt: number;
  /** What fell out of the queue last on the way there; 0 for nothing. */
  readonly droppedFrom: number;
  readonly droppedTo: number;
}

/** A number that was taken and notified nobody. */
export interface SilentNumber {
  readonly seq: number;
  readonly at: number;
}

/** What was appended under an idempotency id. */
export interface StoredRequest {
  readonly sender: string;
  readonly id: string;
  readonly seq: number;
  readonly incarnation: number;
  readonly at: number;
}

/** A device that has been here, with its position among presence changes. */
export interface StoredDevice {
  readonly tenant: string;
  readonly clientId: string;
  readonly device: string;
  readonly position: number;
}

/** What waits to be sent to others. */
export interface StoredMessage extends OutboxMessage {
  readonly destination: string;
  readonly addedAt: number;
  readonly dueAt: number;
  /** That were made. */
  readonly attempts: number;
}

/** What is stored of each log, by kind. */
export interface LogRecords {
  readonly members: MemberRecord;
  readonly cursors: StoredCursor;
  /** Those that are kept: the newest, and young enough. */
  readonly entries: LogEntry;
  readonly silent: SilentNumber;
  /** Those that still count. */
  readonly idempotency: StoredRequest;
}

/** What is stored beside the logs, by kind. */
export interface StoreRecords {
  readonly devices: StoredDevice;
  readonly presence: PresenceRecord & { readonly tenant: string };
  readonly bans: BanRecord;
  readonly revocations: RevocationRecord;
  readonly outbox: StoredMessage;
  /** Changes of presence that are to be told to others. */
  readonly untold: JournaledChange & { readonly tenant: string };
}

/** The kinds of {@link LogRecords}, in the order in which they are moved. */
export const LOG_KINDS = ['members', 'cursors', 'entries', 'silent', 'idempotency'] as const satisfies (keyof LogRecords)[];

/** The kinds of {@link StoreRecords}. */
export const STORE_KINDS = ['devices', 'presence', 'bans', 'revocations', 'outbox', 'untold'] as const satisfies (keyof StoreRecords)[];

/** A store that is read as a whole. Nobody else has it meanwhile, and nothing in it is changed. Pages are bounded in number and bytes. */
export interface StoreExport {
  /** Which store it is: the same for a copy of it, and for as long as no server has it. */
  readonly identity: string;
  /** Raised whenever the store may have forgotten names that were in use: a log that is made anew must not begin in an incarnation up to this one. */
  readonly incarnation: number;
  /** Whether the newest writes may be lost, so that every log has to go on in a new incarnation. */
  readonly mayHaveLostTail: boolean;
  /** How many logs and entries there are, about. */
  readonly size: { readonly logs: number; readonly entries: number };
  logs(): Iterable<StoredLog>;
  recordsOf<K extends keyof LogRecords>(kind: K, log: StoredLog): Iterable<readonly LogRecords[K][]>;
  records<K extends keyof StoreRecords>(kind: K): Iterable<readonly StoreRecords[K][]>;
  close(): void;
}

/** Whether a store is being filled by this migration (perhaps after one that was interrupted), or was filled by it before. */
export type Claim = 'empty' | 'interrupted' | 'finished';

/**
 * A store that is filled as a whole. Everything that is written is written once more without harm; promises resolve when it is as durable as publishes are.
 * No server starts on it until it is finished.
 */
export interface StoreImport {
  /** Where it is, for people; names no password. */
  readonly place: string;
  /** @throws Error that says why the place cannot be reached or used */
  open(): Promise<void>;
  /**
   * Takes the store for what comes from one source. One that is `finished` is not to be written to.
   *
   * @throws Error naming the cure when anything else has it
   */
  claim(identity: string): Promise<Claim>;
  /** Makes a log, with nothing in it yet. `isContinued`: it goes on in the incarnation that it has. */
  startLog(log: StoredLog, isContinued: boolean): Promise<void>;
  /** Pages of a log's records, in the order in which they are given out. */
  addTo<K extends keyof LogRecords>(kind: K, log: StoredLog, page: readonly LogRecords[K][]): Promise<void>;
  add<K extends keyof StoreRecords>(kind: K, page: readonly StoreRecords[K][], isContinued: boolean): Promise<void>;
  /** Everything is there, and compared: servers may start. `isFresh`: names that are in no log have never been in use. */
  finish(isFresh: boolean): Promise<void>;

  /** The log as it is there. */
  readLog(log: StoredLog): Promise<StoredLog | undefined>;
  /** What is there in place of a page: in the order of a log behind `previous`, the last record of the page before. */
  readBackOf<K extends keyof LogRecords>(kind: K, log: StoredLog, page: readonly LogRecords[K][], previous: LogRecords[K] | undefined): Promise<LogRecords[K][]>;
  /** How many records are there which the source does not have; `found` is what was read back, `last` the source's last record. */
  countOthers<K extends keyof LogRecords>(kind: K, log: StoredLog, found: number, last: LogRecords[K] | undefined): Promise<number>;
  readBack<K extends keyof StoreRecords>(kind: K, page: readonly StoreRecords[K][]): Promise<StoreRecords[K][]>;
  close(): Promise<void>;
}
