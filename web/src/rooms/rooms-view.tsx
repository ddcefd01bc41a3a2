// The tenant's rooms; making one.
import type { VNode } from 'preact';
import type { RoomAnswer } from '../api/answers.js';
import type { Column } from '../components/data-table.js';
import { ListView } from '../components/list-view.js';
import { Moment } from '../components/moment.js';
import { ViewHead } from '../components/view-head.js';
import { count, NONE } from '../format.js';
import { linkTo } from '../router.js';
import { CreateRoomButton } from './create-room-button.js';
import { DeleteRoomButton } from './delete-room-button.js';

const COLUMNS: readonly Column<RoomAnswer>[] = [
  {
    title: 'Room',
    cell: ({ id }) => (
      <a class="id" href={linkTo('rooms', id)}>
        {id}
      </a>
    ),
  },
  { title: 'Name', cell: ({ name }) => name ?? NONE },
  { title: 'Members', numeric: true, cell: ({ member_count: members }) => count(members) },
  { title: 'Newest', numeric: true, cell: ({ last_seq: seq }) => `#${seq}` },
  { title: 'Made', cell: ({ created_at: at }) => <Moment at={at} /> },
];

export function RoomsView(): VNode {
  return (
    <>
      <ViewHead title="Rooms" text="Each has one log, which is the order of everything that its members get." />
      <ListView<RoomAnswer>
        what="rooms"
        route="rooms"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        wordsOf={({ id, name }) => [id, name ?? '']}
        queryFor={(search) => ({ prefix: search })}
        searchLabel="Search id or name"
        whenEmpty="Create one, here or with POST /api/v1/rooms."
        actions={({ id }, reload) => <DeleteRoomButton roomId={id} className="small" onDone={reload} />}
      >
        {(reload) => <CreateRoomButton onDone={reload} />}
      </ListView>
    </>
  );
}
