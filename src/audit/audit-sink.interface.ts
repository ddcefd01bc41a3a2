// Where audit records go, and where they can be read back.
import type { AuditRecord } from './audit-record.js';

/** The injection token of the sink in use. */
export const AuditSink = Symbol('AuditSink');

/**
 * Keeps audit records. Called in the path of delivery: a sink that has trouble may lose records, and says so itself; it never
 * delays or fails anybody.
 *
 * @publicApi
 */
export interface AuditSink {
  /** Opens it, before the first record comes. A rejection stops the boot; its message names the cure. */
  open?(): Promise<void>;
  /** Takes records, in the order in which they happened. Returns at once and does not throw. */
  write(records: readonly AuditRecord[]): void;
  /** Keeps what it still holds in memory and ends. No record comes after it. Resolves within a few seconds, even if it cannot. */
  close?(): Promise<void>;
}

/** Which records are asked for. */
export interface AuditQuery {
  /** Only its own records are shown to a tenant; those without a tenant are shown to none. */
  readonly tenant: string;
  /** Records that concern this client, or that it caused (`by`). */
  readonly clientId?: string;
  readonly roomId?: string;
  /** Records from this time on, in milliseconds since the epoch. */
  readonly since?: number;
  /** The most records of an answer. */
  readonly limit: number;
  /** `next` of the answer before; absent for the newest records. */
  readonly before?: string;
}

/** Records, newest first. */
export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Present when there may be older ones, even if this page is not full: the `before` of the following one. An identifier. */
  readonly next?: string;
}

/**
 * An ability that a sink may have: to be read.
 *
 * @publicApi
 */
export interface AuditReader {
  read(query: AuditQuery): Promise<AuditPage>;
}

/** Whether a sink can be read. */
export function isAuditReader(sink: object): sink is AuditReader {
  return 'read' in sink && typeof sink.read === 'function';
}
