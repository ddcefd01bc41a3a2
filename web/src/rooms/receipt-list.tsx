// How far one notification got with each member.
import type { VNode } from 'preact';
import { path } from '../api/api.js';
import type { ReceiptAnswer } from '../api/answers.js';
import { useListing } from '../api/use-listing.js';
import { ClientLink } from '../components/client-link.js';
import { DataTable } from '../components/data-table.js';
import { Moment } from '../components/moment.js';
import { EmptyNote, ErrorNote, LoadingRows } from '../components/notes.js';
import { ReceiptBadge } from '../components/receipt-badge.js';
import { NONE } from '../format.js';

export function ReceiptList({ roomId, seq }: { roomId: string; seq: number }): VNode {
  const { items, error, loading, hasMore, loadMore, reload } = useListing<ReceiptAnswer>(path('rooms', roomId, 'messages', String(seq), 'receipts'));
  return (
    <div class="receipts">
      {error !== undefined && <ErrorNote error={error} retry={reload} />}
      {items === undefined && loading && <LoadingRows what="receipts" />}
      {items?.length === 0 && <EmptyNote title="No members" />}
      {items !== undefined && items.length > 0 && (
        <DataTable
          caption={`Receipts of #${seq}`}
          columns={[
            { title: 'Client', cell: ({ client_id: id }) => <ClientLink id={id} /> },
            { title: 'State', cell: ({ state }) => <ReceiptBadge state={state} /> },
            { title: 'Known since', cell: ({ at }) => (at === undefined ? NONE : <Moment at={at} />) },
          ]}
          rows={items}
          keyOf={({ client_id: id }) => id}
        />
      )}
      <div class="buttons">
        <button type="button" class="small" onClick={reload}>
          Ask again
        </button>
        {hasMore && (
          <button type="button" class="small" onClick={loadMore}>
            Load more
          </button>
        )}
      </div>
    </div>
  );
}
