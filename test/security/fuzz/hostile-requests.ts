// HTTP requests and upgrades that nobody's library would write.
import type { Random } from '../../faults/random.js';
import { upgradeRequest } from '../../support/raw-client.js';
import { CLIENTS, HostileJson, ROOMS } from './hostile-json.js';
import { mutate } from './mutations.js';

/** A route, with the members of its body; an id in its path is made up. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly body?: readonly string[];
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/v1/rooms', body: ['id', 'name', 'metadata', 'members'] },
  { method: 'GET', path: '/api/v1/rooms' },
  { method: 'GET', path: '/api/v1/rooms/:room' },
  { method: 'PATCH', path: '/api/v1/rooms/:room', body: ['name', 'metadata'] },
  { method: 'DELETE', path: '/api/v1/rooms/:room' },
  { method: 'PUT', path: '/api/v1/rooms/:room/members/:client' },
  { method: 'DELETE', path: '/api/v1/rooms/:room/members/:client' },
  { method: 'POST', path: '/api/v1/rooms/:room/members', body: ['add', 'remove', 'silent'] },
  { method: 'GET', path: '/api/v1/rooms/:room/members' },
  { method: 'GET', path: '/api/v1/rooms/:room/presence' },
  { method: 'POST', path: '/api/v1/rooms/:room/messages', body: ['content', 'id', 'client_id', 'metadata'] },
  { method: 'GET', path: '/api/v1/rooms/:room/messages' },
  { method: 'POST', path: '/api/v1/rooms/:room/notifications', body: ['type', 'data', 'id'] },
  { method: 'POST', path: '/api/v1/clients/:client/notifications', body: ['type', 'data', 'id'] },
  { method: 'POST', path: '/api/v1/publish', body: ['items'] },
  { method: 'GET', path: '/api/v1/rooms/:room/messages/:number/receipts' },
  { method: 'GET', path: '/api/v1/clients/:client/presence' },
  { method: 'GET', path: '/api/v1/clients/:client/queue' },
  { method: 'GET', path: '/api/v1/connections' },
  { method: 'DELETE', path: '/api/v1/connections/:number' },
  { method: 'DELETE', path: '/api/v1/clients/:client/connections' },
  { method: 'GET', path: '/api/v1/bans' },
  { method: 'PUT', path: '/api/v1/bans/:client', body: ['seconds', 'reason'] },
  { method: 'DELETE', path: '/api/v1/bans/:client' },
  { method: 'POST', path: '/api/v1/tokens/revoke', body: ['jti', 'client_id', 'issued_before'] },
  { method: 'GET', path: '/api/v1/audit' },
  { method: 'GET', path: '/ws/health' },
  { method: 'GET', path: '/livez' },
  { method: 'GET', path: '/readyz' },
  { method: 'GET', path: '/console' },
  { method: 'GET', path: '/' },
];

const QUERIES = ['limit', 'cursor', 'after', 'device', 'silent', 'client_id', 'room_id', 'since', '__proto__', 'limit[]', 'a[b][c]'];
const CONTENT_TYPES = ['application/json', 'application/json', 'application/json', 'application/x-ndjson', 'text/plain', 'application/json; charset=utf-16', 'multipart/form-data', '', 'x'];
const HEADERS = ['X-Forwarded-For', 'Idempotency-Key', 'Origin', 'Host', 'Accept', 'Accept-Encoding', 'Expect', 'Content-Encoding', 'Cookie', 'If-None-Match', 'Range', 'Forwarded'];

/** Requests, seeded, as the bytes of one connection. */
export class HostileRequests {
  private readonly json: HostileJson;

  constructor(
    private readonly random: Random,
    /** A good token for a client that exists, with a scope. */
    private readonly token: (clientId: string, scope?: string) => string,
  ) {
    this.json = new HostileJson(random);
  }

  /** A request to a route of the API. */
  request(): Buffer {
    const { random } = this;
    const route = random.pick(ROUTES);
    const method = random.chance(0.95) ? route.method : random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'BREW']);
    const body = route.body === undefined && random.chance(0.9) ? undefined : this.body(route.body ?? []);
    const lines = [`${method} ${this.path(route.path)} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', `Authorization: Bearer ${this.anyToken()}`, ...this.oddHeaders()];
    const bytes = Buffer.from(body ?? '');
    if (body !== undefined) {
      lines.push(`Content-Type: ${random.pick(CONTENT_TYPES)}`);
      lines.push(random.chance(0.95) ? `Content-Length: ${bytes.length}` : random.pick(['Content-Length: 1', 'Content-Length: -1', 'Content-Length: 99999999', 'Transfer-Encoding: chunked']));
    }
    const request = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
    return random.chance(0.05) ? mutate(random, request) : request;
  }

  /** An upgrade with a hostile query, hostile headers, or bytes that are wrong. */
  upgrade(): Buffer {
    const { random } = this;
    const query = random.chance(0.5) ? `&${this.query()}` : '';
    let text = upgradeRequest({ token: random.chance(0.8) ? this.anyToken() : percentEncoded(this.json.text()), query });
    const swap = (line: RegExp, other: string): void => {
      if (random.chance(0.2)) text = text.replace(line, other);
    };
    swap(/chatapi\.v1/, random.pick(['', ',', 'chatapi.v1, chatapi.v1', 'chatapi.v2', `chatapi.v1, bearer.${this.anyToken()}`, 'bearer.', 'x'.repeat(4000), ', ,']));
    swap(/Version: 13/, `Version: ${random.pick(['', '8', '14', '13, 8', '-1', 'x'])}`);
    swap(/Key: .*/, `Key: ${random.pick(['', 'short', 'x'.repeat(500), 'dGhlIHNhbXBsZSBub25jZQ'])}`);
    swap(/Upgrade: websocket/, `Upgrade: ${random.pick(['h2c', 'WebSocket', 'websocket, h2c', ''])}`);
    swap(/\/ws/, random.pick(['/ws/', '/WS', '//ws', '/ws%00', '/ws/../ws', '*', 'http://evil.example/ws', '/api/v1/rooms']));
    const head = this.oddHeaders().concat(random.chance(0.2) ? ['Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99'] : []);
    text = text.replace(/\r\n\r\n$/, `${head.map((line) => `\r\n${line}`).join('')}\r\n\r\n`);
    const bytes = Buffer.from(text, 'latin1');
    return random.chance(0.3) ? mutate(random, bytes) : bytes;
  }

  private path(template: string): string {
    const { random, json } = this;
    const escape = (id: string): string => (random.chance(0.9) ? percentEncoded(id) : id.replace(/[\s\0]/g, '%'));
    const path = template
      .replace(':room', () => escape(json.id(ROOMS)))
      .replace(':client', () => escape(json.id(CLIENTS)))
      .replace(':number', () => escape(random.chance(0.7) ? String(random.between(0, 1000)) : json.text()));
    return random.chance(0.3) ? `${path}?${this.query()}` : path;
  }

  private query(): string {
    const { random, json } = this;
    return Array.from({ length: random.between(1, 3) }, () => {
      const value = random.chance(0.5) ? String(random.between(-10, 1000)) : percentEncoded(json.text().slice(0, 2000));
      return `${random.pick(QUERIES)}=${value}`;
    }).join('&');
  }

  private body(members: readonly string[]): string {
    const { random, json } = this;
    if (random.chance(0.05)) return json.garbage();
    if (random.chance(0.1)) return json.value();
    if (members[0] === 'items') {
      const items = Array.from({ length: random.between(0, 20) }, () => this.shapedBody(['room_id', 'client_id', 'type', 'content', 'data', 'metadata', 'id']));
      return random.chance(0.7) ? `[${items.join(',')}]` : items.join('\n');
    }
    return this.shapedBody(members);
  }

  /** Each member as its route takes it, or hostile. */
  private shapedBody(members: readonly string[]): string {
    const { random, json } = this;
    const strings = (known: readonly string[]): string => JSON.stringify(Array.from({ length: random.between(0, 5) }, () => json.id(known)));
    const good: Readonly<Record<string, () => string>> = {
      members: () => strings(CLIENTS),
      add: () => strings(CLIENTS),
      remove: () => strings(CLIENTS),
      silent: () => random.pick(['true', 'false']),
      metadata: () => json.object(),
      data: () => json.object(),
      seconds: () => String(random.between(1, 3)),
      room_id: () => JSON.stringify(json.id(ROOMS)),
      client_id: () => JSON.stringify(json.id(CLIENTS)),
      type: () => JSON.stringify(random.pick(['message', 'invoice.paid', 'room_update', 'x'])),
      issued_before: () => JSON.stringify(random.pick(['2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 'yesterday'])),
    };
    return json.shaped(Object.fromEntries(members.map((name) => [name, good[name] ?? (() => JSON.stringify(json.id(['a', 'b', 'c'])))])));
  }

  private oddHeaders(): string[] {
    const { random, json } = this;
    if (random.chance(0.7)) return [];
    // A line break would merely begin another header.
    return [`${random.pick(HEADERS)}: ${json.text().slice(0, 3000).replace(/[\r\n]/g, ' ')}`];
  }

  private anyToken(): string {
    const { random } = this;
    return this.token(random.pick(CLIENTS), random.pick([undefined, 'publish', 'admin', 'admin', 'debug', 'receive:message', 'x'.repeat(300)]));
  }
}

/** Half a surrogate pair cannot be encoded: it becomes U+FFFD, as on every wire. */
function percentEncoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
