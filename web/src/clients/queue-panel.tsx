// What waits for a client, by room; each device that has a position of its own has a queue of its own.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { path, request } from '../api/api.js';
import type { QueueAnswer } from '../api/answers.js';
import { useLoaded } from '../api/use-loaded.js';
import { DataTable } from '../components/data-table.js';
import { Field } from '../components/field.js';
import { EmptyNote, ErrorNote, LoadingRows } from '../components/notes.js';
import { Tip } from '../components/tip.js';
import { count } from '../format.js';
import { linkTo } from '../router.js';

const REFRESH_MS = 5_000;

export function QueuePanel({ clientId }: { clientId: string }): VNode {
  const [device, setDevice] = useState('');
  const { data, error, loading, reload } = useLoaded<QueueAnswer>(
    `${clientId} ${device}`,
    (signal) => request('GET', path('clients', clientId, 'queue'), { query: { device }, signal }),
    REFRESH_MS,
  );
  return (
    <div class="column">
      <h2>Queue</h2>
      <section class="panel" aria-label="Queue">
        <Field label="Device" value={device} onValue={(text) => setDevice(text.trim())} placeholder="the shared position" maxLength={64} />
        {error !== undefined && <ErrorNote error={error} retry={reload} />}
        {data === undefined && loading && <LoadingRows what="the queue" />}
        {data !== undefined && (
          <>
            <dl class="pair">
              <div class="tip-ground">
                <dt>
                  Waiting <Tip about="waiting" text="Notifications that the client has not acknowledged: all of its rooms together, at most the newest 1,000 unless QUEUE_MAX_PER_CLIENT says otherwise." />
                </dt>
                <dd>{count(data.size)}</dd>
              </div>
              <div class="tip-ground">
                <dt>
                  Dropped <Tip about="dropped" text="Fell out of the queue since the client acknowledged last: there were more than it keeps, or they were too old. It is told with QUEUE_OVERFLOW." />
                </dt>
                <dd class={data.dropped > 0 ? 'bad' : ''}>{count(data.dropped)}</dd>
              </div>
            </dl>
            {data.rooms.length === 0 ? (
              <EmptyNote title="Nothing waits">Everything that its rooms were sent has arrived.</EmptyNote>
            ) : (
              <DataTable
                caption="Waiting, by room"
                columns={[
                  {
                    title: 'Room',
                    cell: ({ room_id: id }) =>
                      id.startsWith('@') ? (
                        "the client's own"
                      ) : (
                        <a class="id" href={linkTo('rooms', id)}>
                          {id}
                        </a>
                      ),
                  },
                  { title: 'Waiting', numeric: true, cell: ({ pending }) => count(pending) },
                ]}
                rows={data.rooms}
                keyOf={({ room_id: id }) => id}
              />
            )}
          </>
        )}
      </section>
    </div>
  );
}
