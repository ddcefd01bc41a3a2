// New entries of a batch, for the live feed.
import type { AppendedEntry } from '../../log/index.js';
import type { AppendOutcome, StoreOperation, StoreOutcome } from './store-operation.js';

/** Adds to `feed` what one operation has appended. An append's data never left this thread. */
export function collectEntries(operation: StoreOperation, outcome: StoreOutcome, feed: AppendedEntry[]): void {
  if ('refused' in outcome) return;
  if (outcome.entries !== undefined) feed.push(...outcome.entries);
  if (operation.kind !== 'append') return;
  const [requests] = operation.args;
  const outcomes = outcome.value as readonly AppendOutcome[];
  requests.forEach(({ tenant, log, type, data, at, traceparent }, i) => {
    const appended = outcomes[i];
    if (appended?.kind !== 'appended') return;
    const { seq, incarnation, memberCount } = appended;
    feed.push({ tenant, log, seq, entry: { seq, incarnation, type, data, at, ...(traceparent !== undefined && { traceparent }) }, memberCount });
  });
}
