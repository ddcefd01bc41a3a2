// What a client does after each close code of the server.
import type { CloseCode } from '../protocol/close-code.js';

/**
 * `again`: connects after the usual back-off. `slowly`: after the longest back-off at once, since coming back soon would push out another connection of the client.
 * `token`: as `again`, with another token, a limited number of times. `ban`: when the ban ends. `stop`: never.
 */
export type Reaction = 'again' | 'slowly' | 'token' | 'ban' | 'stop';

/** Every close code that the server has. */
const REACTIONS = {
  1000: 'again',
  1001: 'again',
  1009: 'again',
  1013: 'again',
  4001: 'again',
  4400: 'stop',
  4401: 'token',
  4403: 'ban',
  4408: 'again',
  4429: 'slowly',
} as const satisfies Record<CloseCode, Reaction>;

/** A frame was larger than the server takes: sending it again would end the same way. */
export const FRAME_TOO_LARGE: CloseCode = 1009;

/** No sign of life: what this client says of a connection that it gives up, too. */
export const HEARTBEAT_MISSED: CloseCode = 4408;

/** A code of no table (a broken connection's 1006, a proxy's own) is the network's, and passes. */
export function reactionTo(code: number): Reaction {
  return (REACTIONS as Readonly<Record<number, Reaction>>)[code] ?? 'again';
}
