// Where the connections of a client are counted that shares its limit among several processes.
import type { ClientReference } from '../events/index.js';

/** What became of a connection that wants a place. */
export interface Place {
  readonly isGranted: boolean;
  /** Older connections that have to go for it, as the store names them. */
  readonly displaced: readonly string[];
}

/**
 * The places that the connections of clients take, at all processes together: MAX_CONNECTIONS_PER_CLIENT, by CONNECTION_LIMIT_POLICY. Takes place at once for
 * each client: of connections that are made at the same time, at whichever process, no more than the limit have places. Those of a process that has died count until
 * its lease ends.
 */
export interface ConnectionPlaces {
  /**
   * Takes a place for a connection that is about to be made here. With `refuse-newest` it is granted if there is one; with `close-oldest` always. Rejects with
   * `STORE_UNAVAILABLE` when the others cannot be asked: then it is counted all the same, as soon as they can be.
   */
  take(client: ClientReference, connectionId: string): Promise<Place>;
  /** A connection has ended, or was not made though a place was granted, or the others could not be asked. */
  leave(client: ClientReference, connectionId: string): void;
  /** Closes what a place has displaced, wherever it is. */
  displace(displaced: readonly string[]): void;
  /** Sets who is told of connections of this process that are to be closed, since newer ones have their places. Must not throw. */
  onDisplaced(listener: (connectionId: string) => void): void;
}
