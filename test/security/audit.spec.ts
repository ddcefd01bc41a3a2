// The audit trail of a real server: what is in it, who may read it, and what never gets into it.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/audit/index.js';
import type { Answer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { RecordingClient, type RecordingClientOptions } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';

/** What every message of these tests says, and every name of a room: nothing of it belongs into the trail. */
const CONTENT = 'what-was-said';
const QUEUE_MAX = 10;

interface AuditAnswer {
  items: AuditRecord[];
  next_cursor?: string;
  code?: string;
  errors?: Record<string, string[]>;
}

/** Every token that was shown to a server. */
const tokens = new Set<string>();

function token(claims: Parameters<typeof signToken>[0]): string {
  const signed = signToken(claims);
  tokens.add(signed);
  return signed;
}

function audit(server: ServerProcess, query = '', bearer = token({ sub: 'admin', scope: 'admin' })): Promise<Answer<AuditAnswer>> {
  return server.api(bearer).request<AuditAnswer>('GET', `/audit${query}`);
}

function connect(server: ServerProcess, clientId: string, options: RecordingClientOptions = {}): Promise<RecordingClient> {
  return new RecordingClient(server, clientId, { token: token({ sub: clientId }), ...options }).connect();
}

function directoryOf(server: ServerProcess): string {
  return join(server.dataDir, 'audit');
}

function filesOf(server: ServerProcess): string[] {
  return readdirSync(directoryOf(server)).map((name) => join(directoryOf(server), name));
}

/** Every record in the files of the trail, oldest first. */
function recordsOf(server: ServerProcess): AuditRecord[] {
  const lines = filesOf(server).sort().flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditRecord);
}

/** The records of a kind, as soon as there are so many. */
function written(server: ServerProcess, count: number, match: (record: AuditRecord) => boolean): Promise<AuditRecord[]> {
  return eventually(`${count} records`, () => {
    const found = recordsOf(server).filter(match);
    return found.length >= count && found;
  });
}

const of = (action: string, more: Partial<AuditRecord> = {}) => (record: AuditRecord) =>
  record.action === action && Object.entries(more).every(([name, value]) => record[name as keyof AuditRecord] === value);

const deliveredTo = (clientId: string) => (record: AuditRecord) => record.action === 'delivered' && record.client_id === clientId;

describe('the audit trail', () => {
  const server = new ServerProcess({
    LOG_LEVEL: 'trace',
    QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX),
    RATE_LIMIT_MAX: '20',
    BAN_THRESHOLD: '3',
    BAN_SECONDS: '3600',
    CANARY_INTERVAL_SECONDS: '0.05',
  });
  const admin = () => server.api(token({ sub: 'admin', scope: 'admin' }));
  const room = (id: string, members: string[] = []) => admin().createRoom({ id, name: CONTENT, metadata: { note: CONTENT }, members });

  beforeAll(() => server.start());
  afterAll(() => server.destroy());

  it('is for its owner alone', () => {
    expect(statSync(directoryOf(server)).mode & 0o777).toBe(0o700);
    for (const path of filesOf(server)) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('has who connected from where, and how it ended', async () => {
    const client = await connect(server, 'alice', { device: 'phone' });
    const { data } = await client.next('connected', ({ type }) => type === 'connected');
    await client.closeCleanly();
    const connection = { tenant: 'default', client_id: 'alice', connection_id: data.connection_id, device: 'phone', address: '127.0.0.1' };
    expect(await written(server, 2, (record) => record.connection_id === data.connection_id)).toEqual([
      { time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), action: 'connected', ...connection },
      { time: expect.any(String), action: 'disconnected', ...connection, code: 1000, duration_ms: expect.any(Number) },
    ]);
  });

  it('has who was refused, and why', async () => {
    const forged = signToken({ sub: 'alice' }, 'a-secret-that-is-not-the-one-of-the-server');
    tokens.add(forged);
    await (await connect(server, 'alice', { token: forged })).ending();
    expect(await written(server, 1, of('refused', { reason: 'authentication' }))).toEqual([
      { time: expect.any(String), action: 'refused', address: '127.0.0.1', reason: 'authentication' },
    ]);
  });

  it('has who joined and left a room, and who did that', async () => {
    await room('members', ['alice']);
    await admin().addMember('members', 'bob');
    await admin().addMember('members', 'bob');
    await admin().request('POST', '/rooms/members/members', { add: ['alice', 'carol'], remove: ['nobody'], silent: true });
    await server.api(token({ sub: 'bob' })).removeMember('members', 'bob');
    const changes = await written(server, 4, ({ action, room_id }) => room_id === 'members' && ['joined', 'left'].includes(action));
    expect(changes.map(({ action, client_id, by }) => [action, client_id, by])).toEqual([
      ['joined', 'alice', 'admin'],
      ['joined', 'bob', 'admin'],
      ['joined', 'carol', 'admin'],
      ['left', 'bob', 'bob'],
    ]);
  });

  it('has what was published by whom, once however often it was sent, and no canary', async () => {
    await room('published', ['alice']);
    const alice = await connect(server, 'alice');
    await alice.command('message', { room_id: 'published', content: CONTENT, id: 'm1' });
    await alice.command('message', { room_id: 'published', content: CONTENT, id: 'm1' });
    await alice.closeCleanly();
    const backend = server.api(token({ sub: 'backend', scope: 'publish' }));
    await backend.publish('published', { content: CONTENT, client_id: 'alice' });
    await backend.publishAll([{ room_id: 'published', type: 'order.paid', data: { text: CONTENT } }, { room_id: 'none', content: CONTENT }]);
    await backend.notifyClient('alice', 'order.paid', { text: CONTENT });
    await written(server, 1, of('published', { room_id: '@alice' }));
    expect(recordsOf(server).filter(of('published')).map(({ time: _time, ...record }) => record)).toEqual([
      { action: 'published', tenant: 'default', client_id: 'alice', room_id: 'published', type: 'message', seq: 1, id: 'published:1' },
      { action: 'published', tenant: 'default', client_id: 'backend', room_id: 'published', type: 'message', seq: 2, id: 'published:2' },
      { action: 'published', tenant: 'default', client_id: 'backend', room_id: 'published', type: 'order.paid', seq: 3, id: 'published:3' },
      { action: 'published', tenant: 'default', client_id: 'backend', room_id: '@alice', type: 'order.paid', seq: 1, id: '@alice:1' },
    ]);
  });

  it('has the first delivery to each client as a range, whatever its device', async () => {
    await room('delivered', ['dora']);
    for (let i = 0; i < 3; i++) await admin().publish('delivered', { content: CONTENT });
    const phone = await connect(server, 'dora', { device: 'phone' });
    await phone.until('the messages', () => phone.frames.filter(({ type }) => type === 'message').length === 3);
    await phone.acknowledged();
    await phone.closeCleanly();
    await written(server, 1, of('delivered', { client_id: 'dora', to_seq: 3 }));

    const laptop = await connect(server, 'dora', { device: 'laptop' });
    await laptop.until('the messages', () => laptop.frames.filter(({ type }) => type === 'message').length === 3);
    await admin().publish('delivered', { content: CONTENT });
    await laptop.until('the next one', () => laptop.frames.filter(({ type }) => type === 'message').length === 4);
    await laptop.acknowledged();
    await laptop.closeCleanly();
    await written(server, 1, of('delivered', { client_id: 'dora', to_seq: 4 }));
    const ranges = recordsOf(server).filter(deliveredTo('dora'));
    const seqs = ranges.flatMap(({ from_seq: from = 0, to_seq: to = 0 }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
    expect(seqs).toEqual([1, 2, 3, 4]);
    expect(ranges[0]).toMatchObject({ tenant: 'default', device: 'phone', room_id: 'delivered', from_seq: 1 });
    expect(ranges.at(-1)).toMatchObject({ device: 'laptop', from_seq: 4, to_seq: 4 });
    expect(recordsOf(server).filter(({ tenant }) => tenant?.startsWith('$'))).toEqual([]);
  });

  it('has what fell out of a queue, and does not count it as delivered', async () => {
    await room('overflow', ['erin']);
    const count = QUEUE_MAX + 5;
    await admin().publishAll(Array.from({ length: count }, () => ({ room_id: 'overflow', content: CONTENT })));
    const erin = await connect(server, 'erin');
    await erin.until('the newest message', () => erin.frames.some(({ seq }) => seq === count));
    await erin.acknowledged();
    await erin.closeCleanly();
    await written(server, 1, of('delivered', { client_id: 'erin', to_seq: count }));
    const [overflow] = recordsOf(server).filter(of('overflow', { client_id: 'erin' }));
    expect(overflow).toMatchObject({ tenant: 'default', room_id: 'overflow', from_seq: 1, to_seq: 5, count: 5 });
    expect(Math.min(...recordsOf(server).filter(deliveredTo('erin')).map(({ from_seq }) => from_seq ?? 0))).toBe(6);
  });

  it('has limits that were reached, the ban that follows, and who comes back banned', async () => {
    await room('flooded', ['fred']);
    const fred = await connect(server, 'fred');
    for (let i = 0; i < 23; i++) fred.send({ type: 'message', data: { room_id: 'flooded', content: CONTENT } });
    await fred.ending();
    const limited = await written(server, 2, of('rate_limited', { client_id: 'fred' }));
    for (const record of limited) expect(record).toMatchObject({ tenant: 'default', kind: 'message', via: 'websocket', outcome: 'dropped' });
    expect(limited.reduce((sum, { count = 0 }) => sum + count, 0)).toBeGreaterThanOrEqual(3);
    const [ban] = await written(server, 1, of('banned', { client_id: 'fred' }));
    expect(ban).toMatchObject({ tenant: 'default', until: expect.any(String), reason: expect.any(String) });
    expect(ban).not.toHaveProperty('by');

    await (await connect(server, 'fred')).ending();
    await written(server, 1, of('refused', { client_id: 'fred', tenant: 'default', reason: 'banned' }));
    await admin().request('DELETE', '/bans/fred');
    await written(server, 1, of('ban_lifted', { client_id: 'fred', by: 'admin' }));
  });

  it('has bans by hand, with their reason, however it is written', async () => {
    const leaked = token({ sub: 'gina' });
    const reason = `Привет "},{ \\n stole ${leaked}`.slice(0, 256);
    await admin().request('PUT', '/bans/gina', { seconds: 60, reason });
    const [ban] = await written(server, 1, of('banned', { client_id: 'gina' }));
    expect(ban).toMatchObject({ by: 'admin', reason: expect.stringMatching(/^Привет "\},\{ \\n stole \[token\]/) });
  });

  it('has tokens that were refreshed, by their end', async () => {
    const client = await connect(server, 'hugo');
    const exp = Math.floor(Date.now() / 1000) + 7200;
    expect(await client.command('token_refresh', { token: token({ sub: 'hugo', exp }) })).toMatchObject({ type: 'ack' });
    await client.closeCleanly();
    const [refreshed] = await written(server, 1, of('token_refreshed', { client_id: 'hugo' }));
    expect(refreshed).toMatchObject({ tenant: 'default', connection_id: expect.any(String), address: '127.0.0.1' });
    expect(Date.parse(refreshed.expires_at ?? '')).toBeGreaterThanOrEqual(exp * 1000);
  });

  it('has tokens that were revoked, by their jti or their client', async () => {
    await admin().request('POST', '/tokens/revoke', { jti: 'lost-phone' });
    await admin().request('POST', '/tokens/revoke', { client_id: 'kate' });
    const revoked = await written(server, 2, of('token_revoked', { tenant: 'default', by: 'admin' }));
    expect(revoked[0]).toMatchObject({ token_id: 'lost-phone' });
    expect(revoked[1]).toMatchObject({ client_id: 'kate', issued_before: expect.any(String) });
  });

  it('cannot be forged: what somebody names is one value of one line', async () => {
    const forged = JSON.stringify({ time: new Date().toISOString(), action: 'forged', tenant: 'default' });
    const jti = `x"}\r\n${forged}\n\u0085\u2028\u009b2K\u001b[1A\u202e\u2066\u200b`;
    await admin().request('POST', '/tokens/revoke', { jti });
    await written(server, 1, of('token_revoked', { token_id: jti }));
    expect(recordsOf(server).filter(({ action }) => String(action) === 'forged')).toEqual([]);
    const trail = filesOf(server).map((path) => readFileSync(path, 'utf8')).join('');
    expect(trail).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
  });

  it('has what administrators do', async () => {
    await room('managed');
    await admin().updateRoom('managed', { name: CONTENT });
    await admin().deleteRoom('managed');
    const client = await connect(server, 'ivan');
    const { data } = await client.next('connected', ({ type }) => type === 'connected');
    await admin().request('DELETE', `/connections/${String(data.connection_id)}`);
    await client.ending();
    await written(server, 1, of('connection.close', { connection_id: data.connection_id as string, client_id: 'ivan', by: 'admin' }));
    const actions = recordsOf(server).filter(({ room_id }) => room_id === 'managed');
    expect(actions.map(({ action, by, tenant }) => [action, by, tenant])).toEqual([
      ['room.create', 'admin', 'default'],
      ['room.update', 'admin', 'default'],
      ['room.delete', 'admin', 'default'],
    ]);
  });

  describe('GET /audit', () => {
    it('shows the newest first, what has just happened included', async () => {
      await room('just-now');
      const { status, body } = await audit(server, '?limit=3');
      expect(status).toBe(200);
      expect(body.items).toHaveLength(3);
      expect(body.items[0]).toMatchObject({ action: 'room.create', room_id: 'just-now', by: 'admin' });
      const times = body.items.map(({ time }) => time);
      expect(times).toEqual([...times].sort().reverse());
    });

    it('shows everything of the tenant, page by page', async () => {
      const expected = recordsOf(server).filter(({ tenant }) => tenant === 'default');
      const shown: AuditRecord[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await audit(server, `?limit=7${cursor === undefined ? '' : `&cursor=${cursor}`}`);
        shown.push(...body.items);
        cursor = body.next_cursor;
      } while (cursor !== undefined);
      expect(shown.reverse().slice(0, expected.length)).toEqual(expected);
    });

    it('finds a client, a room, and what has happened since', async () => {
      const ofErin = (await audit(server, '?client_id=erin')).body.items;
      expect(new Set(ofErin.map(({ client_id }) => client_id))).toEqual(new Set(['erin']));
      expect(ofErin.map(({ action }) => action)).toEqual(expect.arrayContaining(['joined', 'connected', 'overflow', 'delivered', 'disconnected']));
      const byBackend = (await audit(server, '?client_id=backend&room_id=@alice')).body.items;
      expect(byBackend.map(({ action, room_id }) => [action, room_id])).toEqual([['published', '@alice']]);
      const all = recordsOf(server).filter(({ room_id, tenant }) => room_id === 'members' && tenant === 'default');
      const { time } = all[2];
      const since = (await audit(server, `?room_id=members&since=${encodeURIComponent(time)}`)).body.items;
      expect(since.reverse()).toEqual(all.filter((record) => record.time >= time));
      expect((await audit(server, '?since=2999-01-01T00:00:00%2B01:00')).body).toEqual({ items: [] });
    });

    it('shows an administrator its own tenant alone', async () => {
      const other = token({ sub: 'admin', scope: 'admin', tenant: 'other' });
      await server.api(other).createRoom({ id: 'theirs', members: ['alice'] });
      const theirs = (await audit(server, '', other)).body.items;
      expect(theirs.map(({ tenant, action, room_id }) => [tenant, action, room_id])).toEqual([
        ['other', 'joined', 'theirs'],
        ['other', 'room.create', 'theirs'],
      ]);
      expect((await audit(server, '?room_id=theirs')).body.items).toEqual([]);
      expect((await audit(server, '?client_id=erin', other)).body.items).toEqual([]);
      // A position in the files is no way into what is there.
      const { next_cursor: cursor } = (await audit(server, '?limit=1')).body;
      const behind = (await audit(server, `?cursor=${cursor ?? ''}`, other)).body.items;
      expect(behind.every(({ tenant }) => tenant === 'other')).toBe(true);
    });

    it('is for administrators alone', async () => {
      for (const scope of [undefined, 'publish', 'debug', 'receive:message']) {
        const bearer = token({ sub: 'mallory', ...(scope !== undefined && { scope }) });
        expect(await audit(server, '', bearer)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      }
      expect((await audit(server, '', 'nothing')).status).toBe(401);
    });

    it.each([
      ['limit', 'limit=0'],
      ['limit', 'limit=201'],
      ['since', 'since=yesterday'],
      ['since', 'since=2024-13-45T00:00:00Z'],
      ['since', 'since=1700000000'],
      ['client_id', 'client_id=a%0ab'],
      ['client_id', 'client_id=@alice'],
      ['room_id', 'room_id=a%2Fb'],
      ['room_id', 'room_id=a&room_id=b'],
      ['cursor', 'cursor=zzz'],
      ['cursor', `cursor=${Buffer.from('alice').toString('base64url')}`],
    ])('refuses a wrong %s (%s)', async (field, query) => {
      expect(await audit(server, `?${query}`)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', errors: { [field]: expect.any(Array) } } });
    });
  });

  it('survives a restart, with the ends of the connections that it cut', async () => {
    const client = await connect(server, 'jane');
    await client.next('connected', ({ type }) => type === 'connected');
    const before = recordsOf(server);
    await server.restart();
    const after = recordsOf(server);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toContainEqual(expect.objectContaining({ action: 'disconnected', client_id: 'jane', code: 1001 }));
    await room('after-the-restart');
    expect((await audit(server, '?limit=200&client_id=jane')).body.items.map(({ action }) => action)).toEqual(['disconnected', 'connected']);
    expect((await audit(server, '?limit=1')).body.items).toMatchObject([{ room_id: 'after-the-restart' }]);
    expect(filesOf(server)).toHaveLength(1);
  });

  it('never has a token, nor what anybody said; neither has the log', async () => {
    await server.stop();
    const trail = filesOf(server).map((path) => readFileSync(path, 'latin1')).join('');
    expect(trail.length).toBeGreaterThan(10_000);
    expect(tokens.size).toBeGreaterThan(15);
    for (const [name, text] of [['trail', trail], ['log', server.output]]) {
      expect(text, name).not.toContain(CONTENT);
      expect(text, name).not.toMatch(/eyJ[\w-]/);
      for (const shown of tokens) {
        for (const part of shown.split('.')) expect(text.includes(part), name).toBe(false);
      }
    }
  });
});

describe('AUDIT_DELIVERIES=each', () => {
  const server = new ServerProcess({ AUDIT_DELIVERIES: 'each', AUDIT_FILE_MAX_BYTES: '4096' });
  beforeAll(() => server.start());
  afterAll(() => server.destroy());

  it('has one record a notification and client, over rotated files, until the very end', async () => {
    await server.admin.createRoom({ id: 'r', members: ['alice', 'bob'] });
    const count = 40;
    await server.admin.publishAll(Array.from({ length: count / 2 }, () => ({ room_id: 'r', content: CONTENT })));
    await server.admin.addMember('r', 'carol', '?silent=true');
    await server.admin.publishAll(Array.from({ length: count / 2 }, () => ({ room_id: 'r', type: 'order.paid', data: { text: CONTENT } })));
    const clients = await Promise.all(['alice', 'bob'].map((clientId) => connect(server, clientId)));
    for (const client of clients) {
      await client.until('all notifications', () => client.frames.some(({ seq }) => seq === count + 1));
      await client.acknowledged();
    }
    await server.stop();

    const expected = Array.from({ length: count + 1 }, (_, i) => i + 1).filter((seq) => seq !== count / 2 + 1);
    for (const clientId of ['alice', 'bob']) {
      const records = recordsOf(server).filter(deliveredTo(clientId));
      expect(records.map(({ seq }) => seq)).toEqual(expected);
      expect(records[0]).toMatchObject({ tenant: 'default', room_id: 'r', id: 'r:1', type: 'message' });
      expect(records.at(-1)).toMatchObject({ id: `r:${count + 1}`, type: 'order.paid' });
    }
    expect(filesOf(server).length).toBeGreaterThan(2);
    for (const path of filesOf(server)) expect(statSync(path).size).toBeLessThanOrEqual(4096);
    expect(filesOf(server).map((path) => readFileSync(path, 'utf8')).join('')).not.toContain(CONTENT);
  });
});

describe('AUDIT_DELIVERIES=off', () => {
  const server = new ServerProcess({ AUDIT_DELIVERIES: 'off' });
  beforeAll(() => server.start());
  afterAll(() => server.destroy());

  it('has everything but deliveries', async () => {
    await server.admin.createRoom({ id: 'r', members: ['alice'] });
    await server.admin.publish('r', { content: CONTENT });
    const alice = await connect(server, 'alice');
    await alice.next('the message', ({ type }) => type === 'message');
    await alice.acknowledged();
    await alice.closeCleanly();
    await eventually('the queue to be empty', async () => (await server.admin.queue('alice')).body.size === 0);
    await server.stop();
    const actions = new Set(recordsOf(server).map(({ action }) => action));
    expect(actions).toEqual(new Set(['room.create', 'joined', 'published', 'connected', 'disconnected']));
  });
});

describe('AUDIT=off', () => {
  const server = new ServerProcess({ AUDIT: 'off' });
  beforeAll(() => server.start());
  afterAll(() => server.destroy());

  it('writes nothing, and says so to whoever asks', async () => {
    await server.admin.createRoom({ id: 'r' });
    expect(await audit(server, '', adminToken())).toMatchObject({ status: 501, body: { code: 'AUDIT_NOT_READABLE', detail: expect.stringContaining('AUDIT') } });
    await server.stop();
    expect(existsSync(directoryOf(server))).toBe(false);
  });
});
