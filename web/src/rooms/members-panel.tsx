// Who is in a room, and whether they are there; letting clients in and out.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { path, request } from '../api/api.js';
import type { PresenceAnswer } from '../api/answers.js';
import { ClientLink } from '../components/client-link.js';
import type { Column } from '../components/data-table.js';
import { DialogButton } from '../components/dialog-button.js';
import { Field } from '../components/field.js';
import { ListView } from '../components/list-view.js';
import { Moment } from '../components/moment.js';
import { PresenceBadge } from '../components/presence-badge.js';
import { NONE } from '../format.js';

const REFRESH_MS = 5_000;

const COLUMNS: readonly Column<PresenceAnswer>[] = [
  { title: 'Client', cell: ({ client_id: id }) => <ClientLink id={id} /> },
  { title: 'Status', cell: ({ status }) => <PresenceBadge status={status} /> },
  { title: 'Last seen', cell: ({ last_seen: at }) => (at === null ? NONE : <Moment at={at} />) },
];

export function MembersPanel({ roomId, onChange }: { roomId: string; onChange: () => void }): VNode {
  return (
    <div class="column">
      <h2>Members</h2>
      <ListView<PresenceAnswer>
        what="members"
        route={path('rooms', roomId, 'presence')}
        refreshMs={REFRESH_MS}
        columns={COLUMNS}
        keyOf={({ client_id: id }) => id}
        wordsOf={({ client_id: id, status }) => [id, status]}
        queryFor={(search) => ({ prefix: search })}
        searchLabel="Search members"
        whenEmpty="Nobody gets what is published here. Add a client."
        actions={({ client_id: id }, reload) => <RemoveMemberButton roomId={roomId} clientId={id} onDone={both(reload, onChange)} />}
      >
        {(reload) => <AddMemberButton roomId={roomId} onDone={both(reload, onChange)} />}
      </ListView>
    </div>
  );
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}

function AddMemberButton({ roomId, onDone }: { roomId: string; onDone: () => void }): VNode {
  const [client, setClient] = useState('');
  const id = client.trim();
  return (
    <DialogButton
      label="Add a member"
      className="primary"
      title={`Add a member to ${roomId}`}
      confirm="Add"
      action={() => request('PUT', path('rooms', roomId, 'members', id))}
      done={`${id} is a member of ${roomId}.`}
      onDone={() => {
        setClient('');
        onDone();
      }}
    >
      <p>
        It gets <code>client_joined</code> and everything behind it, and nothing from before. It need not be connected.
      </p>
      <Field label="Client" value={client} onValue={setClient} required maxLength={128} />
    </DialogButton>
  );
}

function RemoveMemberButton({ roomId, clientId, onDone }: { roomId: string; clientId: string; onDone: () => void }): VNode {
  return (
    <DialogButton
      label="Remove"
      name={`Remove ${clientId} from the room`}
      className="small"
      title={`Remove ${clientId}?`}
      confirm="Remove"
      danger
      action={() => request('DELETE', path('rooms', roomId, 'members', clientId))}
      done={`${clientId} is not a member of ${roomId} any more.`}
      onDone={onDone}
    >
      <p>
        It gets its own <code>client_left</code>, and nothing of this room behind it. What is queued for it from this room goes with its membership.
      </p>
    </DialogButton>
  );
}
