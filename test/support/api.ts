// The HTTP API as a backend or an administrator calls it.

/** What a request was answered with. */
export interface Answer<T> {
  status: number;
  body: T;
  headers: Headers;
}

/** A message as its publisher is answered, or a problem in its place. */
export interface PublishAnswer {
  id: string;
  room_id: string;
  client_id: string;
  content: string;
  timestamp: string;
  seq: number;
}

/** What became of one item of a bulk publish. */
export type BulkOutcome = ({ status: 201 } & PublishAnswer) | { status: number; code: string; seq?: undefined; timestamp?: undefined };

/** A message to publish. */
export interface MessageBody {
  content: string;
  id?: string;
  client_id?: string;
  metadata?: Record<string, unknown>;
}

/** A client's queue, as people may look at it. */
export interface QueueAnswer {
  size: number;
  dropped: number;
  rooms: { room_id: string; pending: number }[];
}

/** A client's presence. */
export interface PresenceAnswer {
  client_id: string;
  status: string;
  last_seen: string | null;
}

/** One caller, with its token. Answers of any status resolve; only a broken connection rejects. */
export class Api {
  constructor(
    /** Such as `http://127.0.0.1:8000`. */
    readonly origin: string,
    private readonly token: string,
    /** Header lines of every request beside the usual ones, such as `connection: close`. */
    private readonly headers: Readonly<Record<string, string>> = {},
    /** A request that takes longer rejects, whatever became of it; by default it may take as long as it likes. */
    private readonly timeoutMs?: number,
  ) {}

  createRoom(room: { id: string; name?: string; metadata?: Record<string, unknown>; members?: string[] }): Promise<Answer<{ id: string }>> {
    return this.request('POST', '/rooms', room);
  }

  room(roomId: string): Promise<Answer<{ id: string; last_seq: number }>> {
    return this.request('GET', `/rooms/${roomId}`);
  }

  updateRoom(roomId: string, properties: { name?: string | null; metadata?: Record<string, unknown> | null }): Promise<Answer<unknown>> {
    return this.request('PATCH', `/rooms/${roomId}`, properties);
  }

  deleteRoom(roomId: string): Promise<Answer<unknown>> {
    return this.request('DELETE', `/rooms/${roomId}`);
  }

  addMember(roomId: string, clientId: string, query = ''): Promise<Answer<unknown>> {
    return this.request('PUT', `/rooms/${roomId}/members/${clientId}${query}`);
  }

  removeMember(roomId: string, clientId: string, query = ''): Promise<Answer<unknown>> {
    return this.request('DELETE', `/rooms/${roomId}/members/${clientId}${query}`);
  }

  publish(roomId: string, message: MessageBody): Promise<Answer<PublishAnswer>> {
    return this.request('POST', `/rooms/${roomId}/messages`, message);
  }

  /** Up to 1,000 publications at once. */
  publishAll(items: readonly object[]): Promise<Answer<{ items: BulkOutcome[] }>> {
    return this.request('POST', '/publish', items);
  }

  notifyRoom(roomId: string, type: string, data: object): Promise<Answer<{ id: string; seq: number }>> {
    return this.request('POST', `/rooms/${roomId}/notifications`, { type, data });
  }

  notifyClient(clientId: string, type: string, data: object): Promise<Answer<{ id: string; seq: number }>> {
    return this.request('POST', `/clients/${clientId}/notifications`, { type, data });
  }

  queue(clientId: string, device?: string): Promise<Answer<QueueAnswer>> {
    return this.request('GET', `/clients/${clientId}/queue${device === undefined ? '' : `?device=${device}`}`);
  }

  presence(clientId: string): Promise<Answer<PresenceAnswer>> {
    return this.request('GET', `/clients/${clientId}/presence`);
  }

  /** Any route of the API; `path` begins behind `/api/v1`. */
  async request<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    const response = await fetch(`${this.origin}/api/v1${path}`, {
      method,
      ...(this.timeoutMs !== undefined && { signal: AbortSignal.timeout(this.timeoutMs) }),
      headers: { ...this.headers, authorization: `Bearer ${this.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T, headers: response.headers };
  }
}
