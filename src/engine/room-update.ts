// What a change of a room says in the room's log.
import { isDeepStrictEqual } from 'node:util';
import type { RoomUpdateData } from '../protocol/index.js';
import type { RoomRecord } from './delivery-engine.interface.js';

/** What happened, without where and when. */
export type RoomUpdate = Omit<RoomUpdateData, 'room_id' | 'timestamp'>;

type RoomChanges = NonNullable<RoomUpdateData['changes']>;

/** The data of a `room_update`, as JSON text. */
export function roomUpdateData(roomId: string, update: RoomUpdate, at: number): string {
  const data: RoomUpdateData = { room_id: roomId, ...update, timestamp: new Date(at).toISOString() };
  return JSON.stringify(data);
}

/** The properties that are to be other than they are; undefined when none is. */
export function changesOf({ name, metadata }: RoomChanges, current: RoomRecord): RoomChanges | undefined {
  const changes: RoomChanges = {};
  if (name !== undefined && name !== current.name) changes.name = name;
  if (metadata !== undefined && !isDeepStrictEqual(metadata, current.metadata)) changes.metadata = metadata;
  return Object.keys(changes).length === 0 ? undefined : changes;
}
