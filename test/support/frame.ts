// Frames as a client sees them.

/** What the `data` of the various frames may hold; which of them is there depends on the type. */
export interface FrameData {
  id?: string;
  room_id?: string;
  client_id?: string;
  content?: string;
  timestamp?: string;
  event?: string;
  status?: string;
  last_seen?: string;
  code?: string;
  message?: string;
  dropped?: number;
  rooms?: DroppedRoom[];
  seq?: number;
  [member: string]: unknown;
}

/** What a `QUEUE_OVERFLOW` says of one room. */
export interface DroppedRoom {
  room_id: string;
  from_seq: number;
  to_seq: number;
  dropped: number;
}

/** A frame from the server. */
export interface Frame {
  type: string;
  /** Of notifications alone. */
  id?: string;
  /** Of notifications that belong to an order. */
  seq?: number;
  ref?: string;
  data: FrameData;
  /** For who debugs. */
  debug?: FrameDebug;
}

/** What is told of a notification in debug mode. */
export interface FrameDebug {
  node: string;
  connection_id: string;
  seq: number | null;
  published_at: string;
  stored_at: string;
  sent_at: string;
  latency_ms: number;
  replayed: boolean;
  attempt: number;
  queue_size: number;
}

/** A frame that has its place in the order of a room, or of the client's own notifications (`@<client_id>`). */
export interface OrderedFrame extends Frame {
  id: string;
  seq: number;
}

/** Whether a frame has a place in an order. */
export function isOrdered(frame: Frame): frame is OrderedFrame {
  return frame.seq !== undefined && frame.id !== undefined;
}

/** The order that a notification belongs to: what stands in its id before the last colon. */
export function orderOf(frame: OrderedFrame): string {
  return frame.id.slice(0, frame.id.lastIndexOf(':'));
}

/** Whether a frame reports notifications that fell out of the queue. */
export function isOverflow(frame: Frame): boolean {
  return frame.type === 'error' && frame.data.code === 'QUEUE_OVERFLOW';
}

/** Whether a frame is the message with this content. */
export function isMessage(content: string): (frame: Frame) => boolean {
  return ({ type, data }) => type === 'message' && data.content === content;
}

/** Whether a frame tells this status of a client. */
export function isStatus(clientId: string, status: string): (frame: Frame) => boolean {
  return ({ type, data }) => type === 'client_status' && data.client_id === clientId && data.status === status;
}
