// How far a room's newest notifications got with one client.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../components/action.js';
import { DataTable } from '../components/data-table.js';
import { Field } from '../components/field.js';
import { Moment } from '../components/moment.js';
import { EmptyNote, ErrorNote } from '../components/notes.js';
import { ReceiptBadge } from '../components/receipt-badge.js';
import { describe } from '../frames/describe.js';
import { NONE } from '../format.js';
import { type ClientReceipt, receiptsOf } from './client-receipts.js';

export function ReceiptsPanel({ clientId }: { clientId: string }): VNode {
  const [room, setRoom] = useState('');
  const [receipts, setReceipts] = useState<readonly ClientReceipt[]>();
  const { busy, error, run } = useAction();

  const ask = (event: Event): void => {
    event.preventDefault();
    setReceipts(undefined);
    void run(async () => setReceipts(await receiptsOf(clientId, room.trim())));
  };

  return (
    <div class="column">
      <h2>Receipts</h2>
      <section class="panel" aria-label="Receipts">
        <form class="inline-form" onSubmit={ask}>
          <Field label="Room" value={room} onValue={setRoom} required maxLength={128} placeholder="room id" />
          <button type="submit" disabled={busy}>
            Ask
          </button>
        </form>
        {error !== undefined && <ErrorNote error={error} />}
        {receipts === undefined && error === undefined && <EmptyNote title="How far did it get?">Name a room: of its newest notifications you see which have arrived at this client.</EmptyNote>}
        {receipts?.length === 0 && <EmptyNote title="Nothing kept">This room's log is empty.</EmptyNote>}
        {receipts !== undefined && receipts.length > 0 && (
          <DataTable
            caption={`Receipts of ${clientId}`}
            columns={[
              { title: 'Seq', numeric: true, cell: ({ entry }) => `#${entry.seq}` },
              { title: 'Notification', cell: ({ entry }) => <span class="clip">{describe(entry).content}</span> },
              { title: 'State', cell: ({ state }) => <ReceiptBadge state={state} /> },
              { title: 'Known since', cell: ({ at }) => (at === undefined ? NONE : <Moment at={at} />) },
            ]}
            rows={receipts}
            keyOf={({ entry }) => entry.id}
          />
        )}
      </section>
    </div>
  );
}
