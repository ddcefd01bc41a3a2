// What a notification or a frame says, in words.

/** A frame as it came, parsed. */
export interface Frame {
  type: string;
  id?: string;
  seq?: number;
  ref?: string;
  data?: Record<string, unknown>;
  debug?: DebugData;
}

/** What a connection with `debug=true` is told of each of its deliveries. Times are RFC 3339. */
export interface DebugData {
  node?: string;
  connection_id?: string;
  seq?: number;
  published_at?: string;
  stored_at?: string;
  sent_at?: string;
  latency_ms?: number;
  replayed?: boolean;
  attempt?: number;
  queue_size?: number;
}

/** In words. */
export interface Description {
  /** Who it is about, or what of. */
  by?: string;
  content: string;
}

const ROOM_EVENTS: Readonly<Record<string, string>> = {
  client_joined: 'joined',
  client_left: 'left',
  room_updated: 'The room changed',
  room_deleted: 'The room was deleted',
};

type Describer = (data: Record<string, unknown>) => Description;

const DESCRIBERS: Readonly<Record<string, Describer>> = {
  message: ({ client_id: by, content }) => describedBy(by, text(content)),
  room_update: ({ client_id: by, event, changes }) => {
    const what = ROOM_EVENTS[text(event)] ?? text(event);
    return describedBy(by, isObject(changes) ? `${what}: ${properties(changes)}` : what);
  },
  client_status: ({ client_id: by, status }) => describedBy(by, `is ${text(status)}`),
  error: ({ code, message }) => describedBy(code, text(message)),
  connected: ({ client_id: by, resumed, queued, dropped }) =>
    describedBy(by, `${resumed === true ? 'is back' : 'is connected'}; ${text(queued)} waited for it${dropped === 0 ? '' : `, ${text(dropped)} were dropped`}`),
  reconnect: ({ reason, after_ms: ms }) => ({ content: `The server asks to come back in ${text(ms)} ms: ${text(reason)}` }),
  token_expiring: ({ expires_at: at }) => ({ content: `The token ends at ${text(at)}` }),
};

/** What it says. Of a type that is not known here, its data. */
export function describe({ type, data }: Frame): Description {
  if (data === undefined) return { content: '' };
  return DESCRIBERS[type]?.(data) ?? { content: properties(data) };
}

/** The room that a frame is about, if it is about one. */
export function roomOf({ data }: Frame): string | undefined {
  return typeof data?.room_id === 'string' ? data.room_id : undefined;
}

function describedBy(by: unknown, content: string): Description {
  return by === undefined ? { content } : { by: text(by), content };
}

function properties(object: Record<string, unknown>): string {
  return Object.entries(object)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(' · ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
