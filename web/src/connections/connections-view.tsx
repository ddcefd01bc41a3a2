// Who is connected now, at all servers; closing connections and banning.
import type { VNode } from 'preact';
import type { ConnectionAnswer } from '../api/answers.js';
import { BanButton } from '../bans/ban-button.js';
import { ListView } from '../components/list-view.js';
import { ViewHead } from '../components/view-head.js';
import { CloseConnectionButton } from './close-buttons.js';
import { CONNECTION_COLUMNS } from './connection-columns.js';

const REFRESH_MS = 5_000;

export function ConnectionsView(): VNode {
  return (
    <>
      <ViewHead title="Connections" text="Every WebSocket of this tenant, at whichever server." />
      <ListView<ConnectionAnswer>
        what="connections"
        route="connections"
        refreshMs={REFRESH_MS}
        columns={CONNECTION_COLUMNS}
        keyOf={({ id }) => id}
        wordsOf={({ id, client_id: client, device, address }) => [id, client, device, address]}
        queryFor={(search) => ({ client_id: search })}
        searchLabel="Search client, device, address or id"
        whenEmpty="Nobody is connected. The playground connects with a client's token."
        actions={(connection, reload) => (
          <>
            <CloseConnectionButton connection={connection} onDone={reload} />
            <BanButton clientId={connection.client_id} onDone={reload} />
          </>
        )}
      />
    </>
  );
}
