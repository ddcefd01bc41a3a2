// Every promise of the engine's interface, as tests that any engine has to pass unchanged.
import { describe } from 'vitest';
import { describeAccess } from './conformance/access.js';
import { describeAppending } from './conformance/appending.js';
import { describeCursors } from './conformance/cursors.js';
import { type CreateEngine } from './conformance/engine-fixture.js';
import { describeIdempotency } from './conformance/idempotency.js';
import { describeLiveFeed } from './conformance/live-feed.js';
import { describeMembership } from './conformance/membership.js';
import { describeOutbox } from './conformance/outbox.js';
import { describePresence } from './conformance/presence.js';
import { describePresenceJournal } from './conformance/presence-journal.js';
import { describeQueueLimits } from './conformance/queue-limits.js';
import { describeQueues } from './conformance/queues.js';
import { describeReceipts } from './conformance/receipts.js';
import { describeRestart } from './conformance/restart.js';
import { describeRooms } from './conformance/rooms.js';

export type { CreateEngine, EngineLimits, EngineUnderTest } from './conformance/engine-fixture.js';

/** What an engine has that not every one needs to have. */
export interface Abilities {
  /** Keeps what is to be sent to others. @defaultValue true */
  outbox: boolean;
  /** Notes which changes of presence are to be told to others. @defaultValue true */
  presenceJournal: boolean;
}

/** Declares the suite for one engine. `create` is called once a test, for a store of its own. */
export function describeDeliveryEngine(name: string, create: CreateEngine, { outbox = true, presenceJournal = true }: Partial<Abilities> = {}): void {
  describe(name, () => {
    describeAppending(create);
    describeIdempotency(create);
    describeLiveFeed(create);
    describeRooms(create);
    describeMembership(create);
    describeQueues(create);
    describeQueueLimits(create);
    describeCursors(create);
    describeReceipts(create);
    describePresence(create);
    describeAccess(create);
    if (outbox) describeOutbox(create);
    if (presenceJournal) describePresenceJournal(create);
    describeRestart(create);
  });
}
