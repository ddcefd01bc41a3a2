// The journal of the embedded engine: its calls go to the store's thread with all others.
import type { PresenceJournal } from '../presence-journal.interface.js';
import type { StoreThread } from './store-thread.js';

/** Passes calls on. */
export class EmbeddedPresenceJournal implements PresenceJournal {
  constructor(private readonly store: StoreThread) {}

  keep(): ReturnType<PresenceJournal['keep']> {
    return this.store.submit('journalKeep');
  }

  pending(...args: Parameters<PresenceJournal['pending']>): ReturnType<PresenceJournal['pending']> {
    return this.store.submit('journalPending', ...args);
  }

  settle(...args: Parameters<PresenceJournal['settle']>): ReturnType<PresenceJournal['settle']> {
    return this.store.submit('journalSettle', ...args);
  }
}
