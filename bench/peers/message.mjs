// The notification that the peers send: what this server sends, without its id and order.

let count = 0;

/** The frame's JSON value for a message to a room. */
export function messageOf(room, content) {
  const data = { id: `msg_${count++}`, room_id: `room${room}`, client_id: 'bench', content, timestamp: new Date().toISOString() };
  return { type: 'message', data };
}
