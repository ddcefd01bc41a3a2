// A room's newest notifications, newest first; each opens to how far it got with every member.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { path, request } from '../api/api.js';
import type { EntryAnswer, HistoryAnswer } from '../api/answers.js';
import { useLoaded } from '../api/use-loaded.js';
import { EmptyNote, ErrorNote, LoadingRows } from '../components/notes.js';
import { describe } from '../frames/describe.js';
import { timeOfDay } from '../format.js';
import { ReceiptList } from './receipt-list.js';

const SHOWN = 20;

export function RecentPanel({ roomId, head }: { roomId: string; head: number }): VNode {
  const after = Math.max(0, head - SHOWN);
  const { data, error, loading, reload } = useLoaded<HistoryAnswer>(`${roomId} ${head}`, (signal) =>
    request('GET', path('rooms', roomId, 'messages'), { query: { after, limit: SHOWN }, signal }),
  );
  return (
    <div class="column">
      <h2>Newest notifications</h2>
      <section class="panel" aria-label="Newest notifications">
        {error !== undefined && <ErrorNote error={error} retry={reload} />}
        {data === undefined && loading && <LoadingRows what="notifications" />}
        {data?.items.length === 0 && <EmptyNote title="Nothing kept">What is published here appears at once. The log keeps the newest ones for a week, unless it is set otherwise.</EmptyNote>}
        {data !== undefined && data.items.length > 0 && (
          <ol class="entries">
            {data.items.toReversed().map((entry) => (
              <Entry key={entry.id} roomId={roomId} entry={entry} />
            ))}
          </ol>
        )}
      </section>
    </div>
  );
}

function Entry({ roomId, entry }: { roomId: string; entry: EntryAnswer }): VNode {
  const [open, setOpen] = useState(false);
  const { by, content } = describe(entry);
  const at = entry.data.timestamp;
  return (
    <li class="entry" data-type={entry.type}>
      <p class="frame-head">
        <span class="frame-type">{entry.type}</span>
        <span class="seq">#{entry.seq}</span>
        {typeof at === 'string' && <time dateTime={at}>{timeOfDay(at)}</time>}
      </p>
      <p class="frame-content">
        {by !== undefined && <strong>{by} </strong>}
        {content}
      </p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Receipts</summary>
        {open && <ReceiptList roomId={roomId} seq={entry.seq} />}
      </details>
    </li>
  );
}
