// What a field's name says beyond its type: its format, whether its numbers are whole, and an example of it.

const TIME = '2024-01-15T10:30:00.000Z';

/** Fields that hold times (RFC 3339). */
const TIMES = /^(at|time|timestamp|last_seen|since|until|banned_until|issued_before|\w+_at)$/;

/** Numbers that are not whole: measurements. */
const FRACTIONS = new Set(['uptime_seconds', 'sum', 'le', 'mean', 'p99', 'max', 'age_seconds', 'round_trip_seconds', 'latency_ms', 'seconds', 'duration_ms']);

/** Examples that are the same wherever the field stands. */
const EXAMPLES = {
  room_id: 'lobby',
  client_id: 'alice',
  connection_id: '4b1f2c9e-7f0a-4c57-9a53-1c2f6a1d8e90',
  content: 'Hello, world!',
  metadata: { priority: 'high' },
  data: { invoice: 'inv_7', amount: 120 },
  device: 'laptop',
  name: 'Lobby',
  members: ['alice', 'bob'],
  add: ['carol'],
  remove: ['bob'],
  seq: 42,
  after: 41,
  next_after: 91,
  limit: 50,
  next_cursor: 'bG9iYnk',
  cursor: 'bG9iYnk',
  prefix: 'lob',
  reason: 'Spam in the lobby',
  seconds: 3600,
  jti: 'token-7',
  token: 'eyJhbGciOiJIUzI1NiJ9…',
  address: '192.0.2.7',
  member_count: 2,
  last_seq: 42,
  size: 3,
  pending: 3,
  dropped: 0,
  node: 'web-1',
  heartbeat_interval: 25,
  queued: 3,
  retry_after: 60,
  after_ms: 1500,
  from_seq: 1,
  to_seq: 4000,
  ref: '1',
  attempt: 1,
  queue_size: 1,
  latency_ms: 3,
  status: 'online',
  active_connections: 42,
  uptime_seconds: 3600,
  buffered_bytes: 0,
  banned_by: 'admin',
  action: 'room.create',
  tenant: 'default',
  more_rooms: 0,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

/** Of a field in one type alone. */
const EXAMPLES_OF = {
  'MessageData.id': 'msg_123',
  'PublishedMessage.id': 'msg_123',
  'MessageContent.id': 'msg_123',
  'NewMessage.id': 'msg_123',
  'NewMessage.client_id': 'alice',
  'MessageCommand.id': 'msg_123',
  'BulkItem.id': 'msg_123',
  'NewNotification.id': 'invoice-7-paid',
  'NewNotification.type': 'invoice.paid',
  'PublishedNotification.id': 'lobby:42',
  'HistoryEntry.type': 'message',
  'HistoryEntry.id': 'lobby:42',
  'HistoryEntry.data': { id: 'msg_123', room_id: 'lobby', client_id: 'alice', content: 'Hello, world!', timestamp: TIME },
  'NewRoom.id': 'lobby',
  'RoomAnswer.id': 'lobby',
  'ConnectionAnswer.id': '4b1f2c9e-7f0a-4c57-9a53-1c2f6a1d8e90',
  'SequencedFrame.id': 'lobby:42',
  'SequencedFrame.type': 'invoice.paid',
  'StateFrame.id': 'status:alice:7',
  'ReconnectData.reason': 'closed by an administrator',
  'QueueOverflowData.message': '4000 notifications were dropped: the queue keeps the newest 1000 of the last 604800 s',
  'QueueOverflowData.dropped': 4000,
  'WebhookBody.id': 'evt_l2sZ0n6nJq2kXcDq0ZB7cXl3o9f',
  'NotificationDroppedData.device': '',
  'NotificationDroppedData.dropped': 4000,
  'DroppedRange.dropped': 4000,
  'HealthBody.status': 'healthy',
  'HealthBody.checks': { delivery: { status: 'up' } },
};

/** Of whole types whose fields do not all stand together. */
const EXAMPLES_OF_TYPES = {
  BulkItem: [
    { room_id: 'lobby', content: 'Hello, world!', client_id: 'alice', id: 'msg_123' },
    { room_id: 'lobby', type: 'invoice.paid', data: EXAMPLES.data },
    { client_id: 'alice', type: 'invoice.paid', data: EXAMPLES.data, id: 'invoice-7-paid' },
  ],
  AuditRecord: [{ time: TIME, action: 'room.create', tenant: 'default', room_id: 'lobby', by: 'admin' }],
  BanAnswer: [{ client_id: 'alice', reason: 'Spam in the lobby', banned_at: TIME, banned_until: '2024-01-15T11:30:00.000Z', banned_by: 'admin' }],
  NewBan: [{ seconds: 3600, reason: 'Spam in the lobby' }],
  BulkOutcome: [
    { status: 201, id: 'msg_123', room_id: 'lobby', client_id: 'alice', content: 'Hello, world!', timestamp: TIME, seq: 42 },
    { status: 404, code: 'ROOM_NOT_FOUND', detail: 'No such room, or not yours to see' },
  ],
  TokenRevocation: [{ client_id: 'alice', issued_before: TIME }, { jti: 'token-7' }],
  RoomUpdateData: [
    { room_id: 'lobby', event: 'client_joined', client_id: 'alice', timestamp: TIME },
    { room_id: 'lobby', event: 'room_updated', changes: { name: 'Lobby' }, timestamp: TIME },
  ],
  ErrorData: [
    { code: 'INVALID_FRAME', message: 'The frame is not valid JSON', timestamp: TIME },
    { code: 'RATE_LIMIT_EXCEEDED', message: 'Message rate limit exceeded', retry_after: 60 },
    { code: 'CLIENT_BANNED', message: 'This client is banned', timestamp: TIME, retry_after: 300, banned_until: '2024-01-15T10:35:00.000Z', reason: 'rate limit exceeded' },
  ],
};

/** Examples of a type as a whole, by its name; undefined where those of its fields will do. */
export function examplesOfType(name) {
  return EXAMPLES_OF_TYPES[name];
}

/** @param owner The name of the type that the field belongs to. */
export function exampleOfField(owner, field) {
  return EXAMPLES_OF[`${owner}.${field}`] ?? EXAMPLES[field] ?? (TIMES.test(field) ? TIME : undefined);
}

/** A field's schema with what its name says of it. */
export function withFacts(schema, owner, field) {
  const types = [schema.type].flat();
  const facts = {};
  if (types.includes('number') && !FRACTIONS.has(field)) facts.type = renamed(schema.type, 'number', 'integer');
  if (types.includes('string') && TIMES.test(field) && schema.pattern === undefined && schema.enum === undefined) facts.format = 'date-time';
  const example = exampleOfField(owner, field);
  if (example !== undefined && (fits(example, types) || Object.keys(schema).length === 0) && schema.enum === undefined && schema.const === undefined) facts.examples = [example];
  return { ...schema, ...facts };
}

function renamed(type, from, to) {
  return Array.isArray(type) ? type.map((name) => (name === from ? to : name)) : to;
}

function fits(example, types) {
  const type = Array.isArray(example) ? 'array' : typeof example;
  return types.includes(type);
}
