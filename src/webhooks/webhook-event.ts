// The webhooks that there are: from what happened in the server to the text that is sent.
import { createHash } from 'node:crypto';
import type { WebhookType } from '../config/index.js';
import type { JournaledChange } from '../engine/index.js';
import type { Banned, Dropped, StatusChanged } from '../events/index.js';
import type { WebhookBodies } from './webhook-bodies.js';

/** Rooms of one `notification.dropped`; how many more there are is said. */
const MAX_ROOMS = 100;

/** A webhook that is to be queued. */
export interface WebhookEvent {
  readonly type: WebhookType;
  /** The same for the same fact, whichever process notices it. Without dots, which separate what is signed. */
  readonly id: string;
  readonly body: string;
  /** What the journal of presence need not keep any more once this is queued. */
  readonly settles?: JournaledChange & { readonly tenant: string };
}

/** What fell out of the queue of one client's device within some time. All ranges are of that. */
export type DroppedBatch = readonly [Dropped, ...Dropped[]];

/** `client.online` and `client.offline`; between online and away there is no webhook. */
export function statusEvent({ tenant, clientId, status, previous, lastSeen, position }: StatusChanged, at: number): WebhookEvent | undefined {
  if ((status === 'offline') === (previous === 'offline')) return undefined;
  const fact = [tenant, clientId, position];
  const about = { tenant, client_id: clientId };
  const event =
    status === 'offline'
      ? toEvent('client.offline', fact, { ...about, status, last_seen: toTime(lastSeen) }, at)
      : toEvent('client.online', fact, { ...about, status, last_seen: toTime(lastSeen) }, at);
  return { ...event, settles: { tenant, clientId, position } };
}

/** `client.banned`. */
export function bannedEvent({ tenant, clientId, until, reason, by }: Banned, at: number): WebhookEvent {
  const data = { tenant, client_id: clientId, banned_until: toTime(until), reason, automatic: by === undefined, ...(by !== undefined && { by }) };
  return toEvent('client.banned', [tenant, clientId, until], data, at);
}

/** `notification.dropped`. A range of the same room that is told again makes the same id. */
export function droppedEvent(batch: DroppedBatch, at: number): WebhookEvent {
  const [{ tenant, clientId, device }] = batch;
  const rooms = batch.map(({ log, fromSeq, toSeq, count }) => ({ room_id: log, from_seq: fromSeq, to_seq: toSeq, dropped: count }));
  const data = {
    tenant,
    client_id: clientId,
    device,
    dropped: rooms.reduce((sum, { dropped }) => sum + dropped, 0),
    rooms: rooms.slice(0, MAX_ROOMS),
    more_rooms: Math.max(0, rooms.length - MAX_ROOMS),
  };
  return toEvent('notification.dropped', [tenant, clientId, device, rooms], data, at);
}

/** The type that a body says. */
export function typeOf(body: string): string {
  return (JSON.parse(body) as { type: string }).type;
}

function toEvent<Type extends WebhookType>(type: Type, fact: readonly unknown[], data: WebhookBodies[Type]['data'], at: number): WebhookEvent {
  const id = `evt_${createHash('sha256').update(JSON.stringify([type, ...fact])).digest('base64url').slice(0, 27)}`;
  return { type, id, body: JSON.stringify({ id, type, timestamp: toTime(at), data }) };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
