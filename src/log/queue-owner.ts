// Whose queue: a client, on one of its devices.

/** A client (and device) with a cursor of its own in each of its logs. */
export interface QueueOwner {
  readonly tenant: string;
  readonly clientId: string;
  /** Empty: the position that all connections without a device share. */
  readonly device: string;
}
