// Ending a ban before its time.
import type { VNode } from 'preact';
import { path, request } from '../api/api.js';
import { DialogButton } from '../components/dialog-button.js';

export function LiftBanButton({ clientId, onDone }: { clientId: string; onDone: () => void }): VNode {
  return (
    <DialogButton
      label="Lift"
      name={`Lift the ban of ${clientId}`}
      className="small"
      title={`Lift the ban of ${clientId}?`}
      confirm="Lift the ban"
      action={() => request('DELETE', path('bans', clientId))}
      done={`${clientId} may come back.`}
      onDone={onDone}
    >
      <p>It may connect and send again at once.</p>
    </DialogButton>
  );
}
