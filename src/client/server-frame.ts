// Reading what the server sends: nothing that does not look as the protocol says goes further.
import type { AnyNotification, ServerFrame } from './client-events.js';

type Fields = Record<string, unknown>;

/** The strings that the data of the protocol's own types must hold. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  message: ['id', 'room_id', 'client_id', 'content', 'timestamp'],
  room_update: ['room_id', 'event', 'timestamp'],
  client_status: ['client_id', 'status', 'last_seen'],
};

const STATUSES: readonly unknown[] = ['online', 'away', 'offline'];

/** The frame of a text; undefined for anything that is none. */
export function readFrame(text: unknown): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text as string);
    if (isObject(frame) && typeof frame.type === 'string' && isObject((frame.data ??= {}))) return frame as unknown as ServerFrame;
  } catch {
    // No JSON.
  }
  return undefined;
}

/** Whether a frame is a notification: control frames and errors have no id. */
export function isNotification(frame: ServerFrame): frame is AnyNotification {
  return typeof frame.id === 'string';
}

/** Whether its number and its data are what its type promises. */
export function isValid({ type, seq, data }: AnyNotification): boolean {
  if (seq !== undefined && !(Number.isSafeInteger(seq) && seq > 0)) return false;
  if (type === 'client_status' && !STATUSES.includes(data.status)) return false;
  return (REQUIRED[type] ?? []).every((name) => typeof data[name] === 'string');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
