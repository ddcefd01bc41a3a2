// What a frame says, in words.

const ROOM_EVENTS = {
  client_joined: 'joined',
  client_left: 'left',
  room_updated: 'The room changed',
  room_deleted: 'The room was deleted',
};

const DESCRIPTIONS = {
  message: ({ client_id, content }) => ({ by: client_id, content }),
  room_update: ({ client_id, event, changes }) => ({
    by: client_id,
    content: changes === undefined ? (ROOM_EVENTS[event] ?? event) : `${ROOM_EVENTS[event] ?? event} · ${listProperties(changes)}`,
  }),
  client_status: ({ client_id, status }) => ({ by: client_id, content: `is ${status}` }),
  error: ({ code, message }) => ({ by: code, content: message }),
  connected: ({ client_id, resumed, queued }) => ({
    by: client_id,
    content: resumed ? `is back; ${queued} waited for it` : `is connected; ${queued} waited for it`,
  }),
  reconnect: ({ reason, after_ms }) => ({ content: `The server asks to come back in ${after_ms} ms: ${reason}` }),
};

/** The frame's type, room, who it is about (`by`), and what it says. A frame of a type unknown here shows its data. */
export function describeFrame(frame, text) {
  const data = frame?.data;
  if (frame === undefined || typeof data !== 'object' || data === null) return { type: frame?.type ?? 'not JSON', content: text };
  const { by, content } = DESCRIPTIONS[frame.type]?.(data) ?? { content: listProperties(data) };
  return { type: frame.type, room: data.room_id, by, content: String(content ?? '') };
}

function listProperties(object) {
  return Object.entries(object)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
