// One client: whether it is there, its queue, its connections, and how far its rooms' notifications got with it.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { path, request } from '../api/api.js';
import type { ConnectionAnswer, PresenceAnswer } from '../api/answers.js';
import { useLoaded } from '../api/use-loaded.js';
import { BanButton } from '../bans/ban-button.js';
import { Field } from '../components/field.js';
import { ListView } from '../components/list-view.js';
import { Facts } from '../components/facts.js';
import { Moment } from '../components/moment.js';
import { ErrorNote, LoadingRows } from '../components/notes.js';
import { PresenceBadge } from '../components/presence-badge.js';
import { ViewHead } from '../components/view-head.js';
import { CloseConnectionButton, DisconnectClientButton } from '../connections/close-buttons.js';
import { CONNECTION_COLUMNS } from '../connections/connection-columns.js';
import { goTo, linkTo } from '../router.js';
import { QueuePanel } from './queue-panel.js';
import { ReceiptsPanel } from './receipts-panel.js';

const REFRESH_MS = 5_000;

export function ClientView({ clientId }: { clientId: string | undefined }): VNode {
  return clientId === undefined ? <FindClient /> : <Client clientId={clientId} />;
}

function FindClient(): VNode {
  const [id, setId] = useState('');
  return (
    <>
      <ViewHead title="Clients" text="Look at one client's queue, connections and receipts. Clients that are connected, banned or members are linked from those lists too." />
      <section class="panel">
        <form
          class="inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            goTo('clients', id.trim());
          }}
        >
          <Field label="Client id" value={id} onValue={setId} required maxLength={128} placeholder="alice" />
          <button type="submit" class="primary">
            Look
          </button>
        </form>
      </section>
    </>
  );
}

function Client({ clientId }: { clientId: string }): VNode {
  const presence = useLoaded<PresenceAnswer>(clientId, (signal) => request('GET', path('clients', clientId, 'presence'), { signal }), REFRESH_MS);
  // Another one after something was done to its connections: they are loaded again.
  const [turn, setTurn] = useState(0);
  const reload = (): void => setTurn(turn + 1);
  const seen = presence.data?.last_seen;
  return (
    <>
      <p class="crumbs">
        <a href={linkTo('clients')}>Clients</a> / <span class="id">{clientId}</span>
      </p>
      <ViewHead title={clientId}>
        <DisconnectClientButton clientId={clientId} onDone={reload} />
        <BanButton clientId={clientId} className="" onDone={reload} />
      </ViewHead>
      {presence.error !== undefined && <ErrorNote error={presence.error} retry={presence.reload} />}
      {presence.data === undefined && presence.loading && <LoadingRows what="presence" />}
      {presence.data !== undefined && (
        <Facts
          facts={[
            ['Status', <PresenceBadge status={presence.data.status} />],
            ['Last seen', seen === null || seen === undefined ? 'never connected' : <Moment at={seen} />],
          ]}
        />
      )}
      <div class="columns">
        <QueuePanel clientId={clientId} />
        <ReceiptsPanel clientId={clientId} />
      </div>
      <h2>Connections</h2>
      <ListView<ConnectionAnswer>
        key={turn}
        what="connections"
        route="connections"
        query={{ client_id: clientId }}
        refreshMs={REFRESH_MS}
        columns={CONNECTION_COLUMNS.slice(1)}
        keyOf={({ id }) => id}
        wordsOf={({ id, device, address }) => [id, device, address]}
        queryFor={() => ({})}
        searchLabel="Search device or address"
        whenEmpty="It is not connected. What its rooms are sent waits in its queue."
        actions={(connection, reloadList) => <CloseConnectionButton connection={connection} onDone={reloadList} />}
      />
    </>
  );
}
