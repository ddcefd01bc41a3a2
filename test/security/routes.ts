// Every route of docs/http-api.md under /api/v1, with a request that would do something were it let through.

/** One route. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins behind `/api/v1`. */
  path: string;
  body?: object;
  /** The scope that it needs; absent where an ordinary client may ask. */
  scope?: 'admin' | 'publish';
}

/** The id of a room that whoever uses these routes has made. */
export const ROUTES_ROOM = 'routes-room';

/** In an order in which nothing takes away what a later one needs. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/rooms', body: { id: 'made-by-a-stranger' }, scope: 'admin' },
  { method: 'PATCH', path: `/rooms/${ROUTES_ROOM}`, body: { name: 'renamed' }, scope: 'admin' },
  { method: 'DELETE', path: `/rooms/${ROUTES_ROOM}`, scope: 'admin' },
  { method: 'PUT', path: `/rooms/${ROUTES_ROOM}/members/intruder`, scope: 'admin' },
  { method: 'DELETE', path: `/rooms/${ROUTES_ROOM}/members/somebody`, scope: 'admin' },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/members`, body: { add: ['intruder'] }, scope: 'admin' },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/notifications`, body: { type: 'news', data: {} }, scope: 'publish' },
  { method: 'POST', path: '/clients/somebody/notifications', body: { type: 'news', data: {} }, scope: 'publish' },
  { method: 'POST', path: '/publish', body: [{ room_id: ROUTES_ROOM, content: 'hello' }], scope: 'publish' },
  { method: 'GET', path: '/connections', scope: 'admin' },
  { method: 'DELETE', path: '/connections/00000000-0000-4000-8000-000000000000', scope: 'admin' },
  { method: 'DELETE', path: '/clients/somebody/connections', scope: 'admin' },
  { method: 'GET', path: '/bans', scope: 'admin' },
  { method: 'PUT', path: '/bans/somebody', body: { seconds: 60 }, scope: 'admin' },
  { method: 'DELETE', path: '/bans/somebody', scope: 'admin' },
  { method: 'POST', path: '/tokens/revoke', body: { client_id: 'somebody' }, scope: 'admin' },
  { method: 'GET', path: '/audit', scope: 'admin' },
  { method: 'GET', path: '/rooms' },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/members` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/presence` },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/messages`, body: { content: 'hello' } },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/messages` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/messages/1/receipts` },
  { method: 'GET', path: '/clients/somebody/presence' },
  { method: 'GET', path: '/clients/somebody/queue' },
  { method: 'POST', path: '/clients/somebody/acknowledgements', body: { room_id: ROUTES_ROOM, seq: 1 } },
];
