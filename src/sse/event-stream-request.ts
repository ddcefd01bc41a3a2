// Reading a request for an event stream: who asks, for what kind of connection, and what it has received before.
import type { IncomingMessage } from 'node:http';
import type { Authenticator } from '../auth/index.js';
import { type ConnectionRequest, readUpgradeRequest } from '../connections/index.js';
import type { ReceivedPositions } from '../log/index.js';
import { readEventId } from './event-id.js';

export interface EventStreamRequest extends ConnectionRequest {
  readonly received: ReceivedPositions | undefined;
}

/** @throws ChatError as `readUpgradeRequest` does */
export async function readEventStreamRequest(request: IncomingMessage, authenticator: Authenticator): Promise<EventStreamRequest> {
  const asked = await readUpgradeRequest(request, authenticator);
  const id = lastEventId(request);
  const received = id === undefined ? undefined : readEventId(id);
  // Statuses are acknowledged in no other way, as those over WebSockets.
  if (asked.acknowledgement === 'client') return { ...asked, controlFrames: false, received: received && { entries: new Map(), status: received.status } };
  return { ...asked, controlFrames: false, acknowledgement: 'resumption', received };
}

/** A browser that comes back sends the header, and still the query with which the page began. */
function lastEventId({ headers, url = '' }: IncomingMessage): string | undefined {
  const header = headers['last-event-id'];
  return header === undefined ? (new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('last_event_id') ?? undefined) : String(header);
}
