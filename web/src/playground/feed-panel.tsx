// The frames, newest first. It can be held still, for reading.
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { EmptyNote } from '../components/notes.js';
import { Tip } from '../components/tip.js';
import { count } from '../format.js';
import type { FeedEntry } from './feed.js';
import { FeedItem } from './feed-item.js';
import { clientAcknowledges, feed, latency } from './playground.js';

export function FeedPanel(): VNode {
  const held = useSignal<readonly FeedEntry[] | undefined>(undefined);
  const entries = held.value ?? feed.entries.value;
  const { frames, notifications, duplicates, missing } = feed.counts.value;
  return (
    <section class="panel feed" aria-labelledby="feed-title">
      <div class="panel-head">
        <h2 id="feed-title">Frames, newest first</h2>
        <div class="buttons">
          <button type="button" class="small" aria-pressed={held.value !== undefined} onClick={() => (held.value = held.value === undefined ? feed.entries.value : undefined)}>
            {held.value === undefined ? 'Hold' : 'Go on'}
          </button>
          <button
            type="button"
            class="small"
            onClick={() => {
              held.value = undefined;
              feed.clear();
            }}
          >
            Clear
          </button>
        </div>
      </div>
      <dl class="counters tip-ground">
        <Counter name="Frames" value={count(frames)} tip="Everything that came over the line, control frames too." />
        <Counter name="Notifications" value={count(notifications)} tip="Frames with an id: messages, changes of rooms, statuses, and your backend's own types." />
        <Counter name="Duplicates" value={count(duplicates)} tip="Came a second time: delivery is at least once, and what was not acknowledged when a line broke comes again. Clients remove them by id." />
        <Counter name="Gaps" value={count(missing)} tip="Numbers of a room's order that did not come. Expected where QUEUE_OVERFLOW told of it, after silent membership changes, and for types that the token does not receive." />
        <Counter name="Latency" value={latency.value === undefined ? '–' : `${latency.value} ms`} tip="From publishing to writing to this connection, as the newest debug data has it." />
      </dl>
      {entries.length === 0 && <EmptyNote title="Nothing has come yet">Connect with a token; then publish to one of the client's rooms.</EmptyNote>}
      <div role="log" aria-labelledby="feed-title" aria-live={held.value === undefined ? 'polite' : 'off'}>
        <ol class="entries">
          {entries.map((entry) => (
            <FeedItem key={entry.key} entry={entry} acknowledgeable={clientAcknowledges.value} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Counter({ name, value, tip }: { name: string; value: string; tip: string }): VNode {
  return (
    <div>
      <dt>
        {name} <Tip about={name.toLowerCase()} text={tip} />
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
