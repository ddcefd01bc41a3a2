// The engine of one process: durable on the local disk, nothing else needed.
import type { Clock } from '../../log/index.js';
import { ChatError } from '../../protocol/index.js';
import type { AppendRequest, AppendResult, DeliveryEngine, FeedListener, PresenceListener, ReceiptRecord } from '../delivery-engine.interface.js';
import type { Answer, Args } from '../engine-call.js';
import { noOtherNodes } from '../node-bus.interface.js';
import { EmbeddedOutbox } from './embedded-outbox.js';
import { EmbeddedPresenceJournal } from './embedded-presence-journal.js';
import { storeSettings, type EmbeddedEngineOptions } from './embedded-engine.options.js';
import { unpackRead } from './packed-read.js';
import type { AppendOutcome } from './store-operation.js';
import { StoreThread } from './store-thread.js';

const HOUSEKEEPING_INTERVAL_MS = 5_000;
/** Members whose receipts are found in one operation. */
const RECEIPTS_SLICE = 8;

function toResult(outcome: AppendOutcome, at: number): AppendResult | Error {
  if (outcome.kind === 'refused') return new ChatError(outcome.code);
  const { seq, incarnation } = outcome;
  if (outcome.kind === 'appended') return { seq, incarnation, at, duplicate: false };
  const { data } = outcome;
  return { seq, incarnation, at: outcome.at, duplicate: true, ...(data !== undefined && { firstData: data }) };
}

/**
 * SQLite in a thread of its own, so that a commit never holds up the event loop; all writes of that time share one commit.
 *
 * @publicApi
 */
export class EmbeddedEngine implements DeliveryEngine {
  readonly nodes = noOtherNodes;
  readonly rateLimits = undefined;
  readonly connectionPlaces = undefined;
  readonly outbox: EmbeddedOutbox;
  readonly presenceJournal: EmbeddedPresenceJournal;
  private readonly store: StoreThread;
  private listener: FeedListener = () => undefined;
  private presenceListener: PresenceListener | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: EmbeddedEngineOptions, clock: Clock) {
    this.store = new StoreThread(storeSettings(options), clock, {
      appended: (entries) => this.listener(entries),
      broken: (cause) => options.onFatal?.(cause),
    });
    this.outbox = new EmbeddedOutbox(this.store);
    this.presenceJournal = new EmbeddedPresenceJournal(this.store);
  }

  async start(): Promise<void> {
    await this.store.start();
    this.scheduleHousekeeping(HOUSEKEEPING_INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.store.stop();
  }

  /**
   * Clears away a bounded part of what is older than the settings keep; whether more remains. Done every few seconds by
   * the engine itself. What it has not reached yet is never given out all the same.
   */
  housekeep(): Promise<boolean> {
    return this.store.submit('housekeep');
  }

  listen(listener: FeedListener): void {
    this.listener = listener;
  }

  async append(requests: readonly AppendRequest[]): Promise<(AppendResult | Error)[]> {
    const outcomes = await this.store.submit('append', requests);
    return outcomes.map((outcome, i) => toResult(outcome, requests[i].at));
  }

  readLog(...args: Args<'readLog'>): Answer<'readLog'> {
    return this.store.submit('readLog', ...args);
  }

  createRoom(...args: Args<'createRoom'>): Answer<'createRoom'> {
    return this.store.submit('createRoom', ...args);
  }

  getRoom(...args: Args<'getRoom'>): Answer<'getRoom'> {
    return this.store.submit('getRoom', ...args);
  }

  listRooms(...args: Args<'listRooms'>): Answer<'listRooms'> {
    return this.store.submit('listRooms', ...args);
  }

  updateRoom(...args: Args<'updateRoom'>): Answer<'updateRoom'> {
    return this.store.submit('updateRoom', ...args);
  }

  deleteRoom(...args: Args<'deleteRoom'>): Answer<'deleteRoom'> {
    return this.store.submit('deleteRoom', ...args);
  }

  changeMembers(...args: Args<'changeMembers'>): Answer<'changeMembers'> {
    return this.store.submit('changeMembers', ...args);
  }

  getMember(...args: Args<'getMember'>): Answer<'getMember'> {
    return this.store.submit('getMember', ...args);
  }

  listMembers(...args: Args<'listMembers'>): Answer<'listMembers'> {
    return this.store.submit('listMembers', ...args);
  }

  shareRoom(...args: Args<'shareRoom'>): Answer<'shareRoom'> {
    return this.store.submit('shareRoom', ...args);
  }

  openQueue(...args: Args<'openQueue'>): Answer<'openQueue'> {
    return this.store.submit('openQueue', ...args);
  }

  closeQueue(): void {
    // The live feed brings everything in any case.
  }

  async readQueue(...args: Args<'readQueue'>): Answer<'readQueue'> {
    return unpackRead(await this.store.submit('readQueue', ...args));
  }

  saveCursors(...args: Args<'saveCursors'>): Answer<'saveCursors'> {
    return this.store.submit('saveCursors', ...args);
  }

  inspectQueue(...args: Args<'inspectQueue'>): Answer<'inspectQueue'> {
    return this.store.submit('inspectQueue', ...args);
  }

  /** Members with overflown queues cost some 20 ms each when they are in a thousand rooms: other operations come between. */
  async receipts(...[tenant, roomId, seq, page]: Args<'receipts'>): Answer<'receipts'> {
    const items: ReceiptRecord[] = [];
    let next = page.after;
    do {
      const limit = Math.min(RECEIPTS_SLICE, page.limit - items.length);
      const slice = await this.store.submit('receipts', tenant, roomId, seq, { limit, ...(next !== undefined && { after: next }) });
      items.push(...slice.items);
      next = slice.next;
    } while (next !== undefined && items.length < page.limit);
    return { items, ...(next !== undefined && { next }) };
  }

  listenPresence(listener: PresenceListener): void {
    this.presenceListener = listener;
  }

  async savePresence(...args: Args<'savePresence'>): Answer<'savePresence'> {
    const stored = await this.store.submit('savePresence', ...args);
    this.presenceListener?.changed(args[0], stored);
    return stored;
  }

  getPresence(...args: Args<'getPresence'>): Answer<'getPresence'> {
    return this.store.submit('getPresence', ...args);
  }

  presenceChanges(...args: Args<'presenceChanges'>): Answer<'presenceChanges'> {
    return this.store.submit('presenceChanges', ...args);
  }

  savePresencePosition(...args: Args<'savePresencePosition'>): Answer<'savePresencePosition'> {
    return this.store.submit('savePresencePosition', ...args);
  }

  listPresent(): Answer<'listPresent'> {
    return this.store.submit('listPresent');
  }

  listenAccess(): void {
    // Nobody else changes anything.
  }

  saveBan(...args: Args<'saveBan'>): Answer<'saveBan'> {
    return this.store.submit('saveBan', ...args);
  }

  deleteBan(...args: Args<'deleteBan'>): Answer<'deleteBan'> {
    return this.store.submit('deleteBan', ...args);
  }

  listBans(...args: Args<'listBans'>): Answer<'listBans'> {
    return this.store.submit('listBans', ...args);
  }

  saveRevocation(...args: Args<'saveRevocation'>): Answer<'saveRevocation'> {
    return this.store.submit('saveRevocation', ...args);
  }

  listRevocations(...args: Args<'listRevocations'>): Answer<'listRevocations'> {
    return this.store.submit('listRevocations', ...args);
  }

  private scheduleHousekeeping(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.housekeep().then(
        (more) => this.scheduleHousekeeping(more ? 0 : HOUSEKEEPING_INTERVAL_MS),
        () => this.scheduleHousekeeping(HOUSEKEEPING_INTERVAL_MS),
      );
    }, delayMs);
    this.timer.unref();
  }
}
