// Ending a room.
import type { VNode } from 'preact';
import { path, request } from '../api/api.js';
import { DialogButton } from '../components/dialog-button.js';

export function DeleteRoomButton({ roomId, className = '', onDone }: { roomId: string; className?: string; onDone: () => void }): VNode {
  return (
    <DialogButton
      label="Delete"
      name={`Delete the room ${roomId}`}
      className={className}
      title={`Delete the room ${roomId}?`}
      confirm="Delete the room"
      danger
      action={() => request('DELETE', path('rooms', roomId))}
      done={`The room ${roomId} is deleted.`}
      onDone={onDone}
    >
      <p>
        Its members get <code>room_deleted</code>, those that are away after what is queued for them. A room of this name that is made later begins anew.
      </p>
    </DialogButton>
  );
}
