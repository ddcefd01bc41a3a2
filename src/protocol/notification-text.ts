// The JSON text of notifications and control frames, put together around `data` that is JSON already.

/**
 * The id of a log's entry: unique for ever, the key by which clients remove duplicates. Opaque to them.
 * `incarnation` is shown only when it is not 0, the incarnation of a log on a store that never lost its tail.
 */
export function notificationId(log: string, incarnation: number, seq: number): string {
  return incarnation === 0 ? `${log}:${seq}` : `${log}:${incarnation}-${seq}`;
}

/** The text of one notification; `data` is JSON text. */
export function notificationText(type: string, log: string, incarnation: number, seq: number, data: string): string {
  return `{"type":"${type}","id":"${notificationId(log, incarnation, seq)}","seq":${seq},"data":${data}}`;
}

/** The text of a notification that belongs to no log (`client_status`): it has an id and no `seq`. */
export function ephemeralText(type: string, id: string, data: unknown): string {
  return JSON.stringify({ type, id, data });
}

/** The text of an error or control frame. `ref` echoes the command's. */
export function controlText(type: string, data: unknown, ref?: string): string {
  return JSON.stringify(ref === undefined ? { type, data } : { type, ref, data });
}
