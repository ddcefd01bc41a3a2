// Closing one connection, or all of a client's.
import type { VNode } from 'preact';
import { path, request } from '../api/api.js';
import type { ConnectionAnswer } from '../api/answers.js';
import { DialogButton } from '../components/dialog-button.js';

export function CloseConnectionButton({ connection: { id, client_id: client }, onDone }: { connection: ConnectionAnswer; onDone: () => void }): VNode {
  return (
    <DialogButton
      label="Close"
      name={`Close connection ${id} of ${client}`}
      className="small"
      title="Close this connection?"
      confirm="Close connection"
      danger
      action={() => request('DELETE', path('connections', id))}
      done={`The connection of ${client} is closed.`}
      onDone={onDone}
    >
      <p>
        <strong class="id">{client}</strong> is told to reconnect (close code 4001), and will, unless its token has ended. Nothing that waits for it is lost.
      </p>
    </DialogButton>
  );
}

export function DisconnectClientButton({ clientId, onDone }: { clientId: string; onDone: () => void }): VNode {
  return (
    <DialogButton
      label="Close all connections"
      title={`Close all connections of ${clientId}?`}
      confirm="Close all"
      danger
      action={() => request('DELETE', path('clients', clientId, 'connections'))}
      done={`All connections of ${clientId} are closed.`}
      onDone={onDone}
    >
      <p>On every server. The client is told to reconnect (close code 4001). To keep it away, ban it.</p>
    </DialogButton>
  );
}
