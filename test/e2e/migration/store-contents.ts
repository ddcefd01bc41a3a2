// What people can see of a store: the same before and after it was moved.
import type { Api, QueueAnswer } from '../../support/api.js';
import { isOrdered, isOverflow, orderOf, type Frame } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import type { ServerProcess } from '../../support/server-process.js';

/** Who is asked for. */
export interface Questions {
  readonly rooms: readonly string[];
  readonly owners: readonly { readonly clientId: string; readonly device?: string }[];
}

/** Everything that the API tells of these. */
export async function contentsOf(admin: Api, { rooms, owners }: Questions): Promise<unknown> {
  const get = async (path: string): Promise<unknown> => (await admin.request('GET', path)).body;
  const ofRoom = async (room: string) => ({
    room: await get(`/rooms/${room}`),
    members: await get(`/rooms/${room}/members?limit=100`),
    history: await get(`/rooms/${room}/messages?limit=100`),
    receipts: await Promise.all([3, (await admin.room(room)).body.last_seq].map((seq) => get(`/rooms/${room}/messages/${seq}/receipts`))),
  });
  return {
    list: await get('/rooms?limit=100'),
    rooms: await Promise.all(rooms.map(ofRoom)),
    queues: await Promise.all(owners.map(async ({ clientId, device }) => byRoom((await admin.queue(clientId, device)).body))),
    presence: await Promise.all(owners.map(async ({ clientId }) => (await admin.presence(clientId)).body)),
    bans: await get('/bans'),
  };
}

/** Between rooms there is no order. */
function byRoom({ rooms, ...queue }: QueueAnswer): QueueAnswer {
  return { ...queue, rooms: [...rooms].sort((a, b) => (a.room_id < b.room_id ? -1 : 1)) };
}

/** What an owner gets when it connects: the notifications of each room in their order, and what fell out. Nothing of it is acknowledged. */
export async function pendingOf(server: ServerProcess, clientId: string, device?: string): Promise<Frame[]> {
  const { body: queue } = await server.admin.queue(clientId, device);
  const client = await new RecordingClient(server, clientId, { acknowledgesItself: true, ...(device !== undefined && { device }) }).connect();
  await client.until('everything that is pending', () => client.frames.filter(isOrdered).length >= queue.size);
  // Whatever comes too much is here before the answer.
  client.send({ type: 'ping' });
  await client.next('pong', ({ type }) => type === 'pong');
  await client.closeCleanly();
  const place = (frame: Frame): string => (isOrdered(frame) ? orderOf(frame) : '');
  const found = client.frames.filter((frame) => isOrdered(frame) || isOverflow(frame)).map(withoutTime);
  return found.sort((a, b) => (place(a) === place(b) ? 0 : place(a) < place(b) ? -1 : 1));
}

/** Errors are told with the time at which they are sent. */
function withoutTime(frame: Frame): Frame {
  return isOverflow(frame) ? { ...frame, data: { ...frame.data, timestamp: '' } } : frame;
}
