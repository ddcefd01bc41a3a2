// One room: what it is, who is in it, and its newest notifications with how far each one got.
import type { VNode } from 'preact';
import { path, request } from '../api/api.js';
import type { RoomAnswer } from '../api/answers.js';
import { useLoaded } from '../api/use-loaded.js';
import { Facts } from '../components/facts.js';
import { Moment } from '../components/moment.js';
import { ErrorNote, LoadingRows } from '../components/notes.js';
import { ViewHead } from '../components/view-head.js';
import { count, NONE } from '../format.js';
import { goTo, linkTo } from '../router.js';
import { DeleteRoomButton } from './delete-room-button.js';
import { MembersPanel } from './members-panel.js';
import { RecentPanel } from './recent-panel.js';

const REFRESH_MS = 5_000;

export function RoomView({ roomId }: { roomId: string }): VNode {
  const { data: room, error, loading, reload } = useLoaded<RoomAnswer>(roomId, (signal) => request('GET', path('rooms', roomId), { signal }), REFRESH_MS);
  return (
    <>
      <p class="crumbs">
        <a href={linkTo('rooms')}>Rooms</a> / <span class="id">{roomId}</span>
      </p>
      <ViewHead title={room?.name ?? roomId}>
        <DeleteRoomButton roomId={roomId} onDone={() => goTo('rooms')} />
      </ViewHead>
      {error !== undefined && <ErrorNote error={error} retry={reload} />}
      {room === undefined && loading && <LoadingRows what="the room" />}
      {room !== undefined && (
        <>
          <Facts
            facts={[
              ['Id', <span class="id">{room.id}</span>],
              ['Members', count(room.member_count)],
              ['Newest', `#${room.last_seq}`],
              ['Made', <Moment at={room.created_at} />],
              ['Metadata', room.metadata === null ? NONE : <code>{JSON.stringify(room.metadata)}</code>],
            ]}
          />
          <div class="columns">
            <MembersPanel roomId={roomId} onChange={reload} />
            <RecentPanel roomId={roomId} head={room.last_seq} />
          </div>
        </>
      )}
    </>
  );
}
