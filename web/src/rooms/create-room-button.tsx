// Making a room, with its first members.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { request } from '../api/api.js';
import { DialogButton } from '../components/dialog-button.js';
import { Field } from '../components/field.js';

export function CreateRoomButton({ onDone }: { onDone: () => void }): VNode {
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [members, setMembers] = useState('');

  const create = (): Promise<unknown> => {
    const first = members.split(/[\s,]+/).filter((member) => member !== '');
    return request('POST', 'rooms', {
      body: { ...(id.trim() !== '' && { id: id.trim() }), ...(name !== '' && { name }), ...(first.length > 0 && { members: first }) },
    });
  };

  const finish = (): void => {
    setId('');
    setName('');
    setMembers('');
    onDone();
  };

  return (
    <DialogButton label="Create a room" className="primary" title="Create a room" confirm="Create" action={create} done="The room is there." onDone={finish}>
      <Field label="Id" value={id} onValue={setId} maxLength={128} hint="Letters, digits and _ . : @ - ; one is made up when this is empty." />
      <Field label="Name" value={name} onValue={setName} maxLength={256} hint="Optional." />
      <Field label="Members" value={members} onValue={setMembers} hint="Client ids, with spaces or commas between. They are there from the beginning." />
    </DialogButton>
  );
}
