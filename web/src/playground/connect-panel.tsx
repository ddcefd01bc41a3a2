// Connecting as a client, and how the line stands.
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { Check, Field } from '../components/field.js';
import { playgroundToken } from '../session.js';
import { connect, connectionsMade, DEFAULT_OPTIONS, disconnect, identity, lineState } from './playground.js';

export function ConnectPanel(): VNode {
  const device = useSignal('');
  const acknowledges = useSignal(DEFAULT_OPTIONS.clientAcknowledges);
  const debug = useSignal(DEFAULT_OPTIONS.debug);
  const { state, text } = lineState.value;
  const away = state === 'offline';

  const submit = (event: Event): void => {
    event.preventDefault();
    connect({ token: playgroundToken.value, device: device.value.trim(), clientAcknowledges: acknowledges.value, debug: debug.value });
  };

  return (
    <section class="panel" aria-labelledby="connect-title">
      <div class="panel-head">
        <h2 id="connect-title">Connection</h2>
        <p class="line-state" role="status" data-state={state}>
          {text}
        </p>
      </div>
      <form onSubmit={submit}>
        <Field label="Token" secret value={playgroundToken.value} onValue={(token) => (playgroundToken.value = token.trim())} required disabled={!away} placeholder="eyJhbGciOi…" />
        <Field
          label="Device"
          value={device.value}
          onValue={(name) => (device.value = name)}
          disabled={!away}
          maxLength={64}
          placeholder="none"
          hint="A queue position of its own. Without one, this page and the client's other connections share theirs."
        />
        <Check label="Acknowledge by hand (ack=client)" checked={acknowledges.value} onChecked={(on) => (acknowledges.value = on)} disabled={!away} />
        <Check label="Debug data with every notification" checked={debug.value} onChecked={(on) => (debug.value = on)} disabled={!away} />
        <div class="buttons">
          {away ? (
            // Keys: one button that changed its type under the pointer would also do what the other one does.
            <button key="connect" type="submit" class="primary">
              Connect
            </button>
          ) : (
            <button key="disconnect" type="button" onClick={disconnect}>
              Disconnect
            </button>
          )}
        </div>
      </form>
      {identity.value !== undefined && (
        <dl class="facts facts-small">
          <div>
            <dt>Client</dt>
            <dd class="id">{identity.value.clientId}</dd>
          </div>
          <div>
            <dt>Connection</dt>
            <dd class="id">{identity.value.connectionId}</dd>
          </div>
          <div>
            <dt>Connections made</dt>
            <dd>{connectionsMade.value}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}
