// Whose queue: a client, on one of its devices.
import { logKey } from './log-entry.js';

/** A client (and device) with a cursor of its own in each of its logs. */
export interface QueueOwner {
  readonly tenant: string;
  readonly clientId: string;
  /** Empty: the position that all connections without a device share. */
  readonly device: string;
}

/** One string for an owner, as a map's key. */
export function ownerKey({ tenant, clientId, device }: QueueOwner): string {
  return `${logKey(tenant, clientId)}/${device}`;
}
