// Banning a client, for a time and a reason.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { path, request } from '../api/api.js';
import { DialogButton } from '../components/dialog-button.js';
import { Field } from '../components/field.js';
import { duration } from '../format.js';

const DEFAULT_MINUTES = '60';

interface BanButtonProps {
  /** Who; asked for when absent. */
  clientId?: string;
  className?: string;
  onDone?: () => void;
}

export function BanButton({ clientId, className = 'small', onDone }: BanButtonProps): VNode {
  const [client, setClient] = useState('');
  const [minutes, setMinutes] = useState(DEFAULT_MINUTES);
  const [reason, setReason] = useState('');
  const whom = clientId ?? client.trim();
  const seconds = Number(minutes) * 60;
  return (
    <DialogButton
      label={clientId === undefined ? 'Ban a client' : 'Ban'}
      {...(clientId !== undefined && { name: `Ban ${clientId}` })}
      className={className}
      title={clientId === undefined ? 'Ban a client' : `Ban ${clientId}?`}
      confirm="Ban"
      danger
      action={() => request('PUT', path('bans', whom), { body: { seconds, ...(reason !== '' && { reason }) } })}
      done={`${whom} is banned for ${duration(seconds * 1000)}.`}
      {...(onDone !== undefined && { onDone })}
    >
      <p>Its connections are closed (4403), and neither WebSockets nor the HTTP API let it in. What its rooms are sent meanwhile waits for it.</p>
      {clientId === undefined && <Field label="Client" value={client} onValue={setClient} required maxLength={128} />}
      <Field label="Minutes" inputMode="numeric" pattern="[1-9][0-9]{0,6}" title="A whole number of minutes, from 1" value={minutes} onValue={setMinutes} required />
      <Field label="Reason" value={reason} onValue={setReason} maxLength={256} hint="Optional. The client is shown it." />
    </DialogButton>
  );
}
