// `chatapi migrate`: a store that clients and backends have used, moved to a Redis and to a Cluster, and used on from there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../engine/embedded-store.js';
import { eventually } from '../../support/eventually.js';
import type { Frame } from '../../support/frame.js';
import { isMessage, isStatus } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisProcess } from '../../support/redis-process.js';
import { ServerProcess } from '../../support/server-process.js';
import { JWT_SECRET, signToken } from '../../support/tokens.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';
import { chatapi, CliProcess, type Outcome } from '../cli-process.js';
import { contentsOf, pendingOf, type Questions } from './store-contents.js';

const BULK_ROOMS = 8;
const QUESTIONS: Questions = {
  rooms: ['lobby', 'remade', 'busy'],
  owners: [{ clientId: 'ann' }, { clientId: 'ben' }, { clientId: 'ben', device: 'phone' }, { clientId: 'cid' }, { clientId: 'dan' }, { clientId: 'eve' }],
};
const REVOKED = signToken({ sub: 'ann', jti: 'lost-token' });

const receiver = new WebhookReceiver();
const WEBHOOKS = { WEBHOOK_EVENTS: 'client.banned,client.online', WEBHOOK_BACKOFF_MAX_SECONDS: '1' };
let source: ServerProcess;
/** What owners would get, by name and device. */
const pending = new Map<string, Frame[]>();
let contents: unknown;

interface Report {
  outcome: string;
  same: boolean;
  kinds: { kind: string; source: { count: number; digest: string }; target: { count: number; digest: string }; same: boolean }[];
}

function migrate(url: string, settings: Record<string, string> = {}): Promise<Outcome> {
  return chatapi(['migrate', '--from', source.dataDir, '--to', url, '--json'], { JWT_SECRET, ...settings });
}

async function isGone(clientId: string): Promise<void> {
  await eventually(`${clientId} to be offline`, async () => (await source.admin.presence(clientId)).body.status === 'offline');
}

async function use(): Promise<void> {
  const { admin } = source;
  await admin.createRoom({ id: 'lobby', name: 'Lobby', metadata: { topic: 'all', 7: [1, { deep: null }] }, members: ['ann', 'ben', 'cid'] });
  const [ann, phone] = [new RecordingClient(source, 'ann'), new RecordingClient(source, 'ben', { device: 'phone' })];
  await ann.connect();
  await phone.connect();
  for (const content of ['one', 'two', 'three']) await admin.publish('lobby', { id: `m-${content}`, content });
  await phone.next('the third', isMessage('three'));
  await phone.acknowledged();
  await phone.closeCleanly();
  await admin.publish('lobby', { content: 'four' });
  await ann.next('the fourth', isMessage('four'));
  await ann.acknowledged();
  await ann.closeCleanly();
  await admin.addMember('lobby', 'dan', '?silent=true');
  await admin.notifyRoom('lobby', 'poll', { question: 'which?' });
  await admin.notifyClient('ann', 'invoice', { number: 17 });
  await admin.updateRoom('lobby', { name: 'The lobby' });
  await admin.createRoom({ id: 'remade', members: ['dan'] });
  await admin.publish('remade', { content: 'before' });
  await admin.deleteRoom('remade');
  await admin.createRoom({ id: 'remade', members: ['dan'] });
  await admin.publish('remade', { content: 'after' });
  await admin.createRoom({ id: 'deleted', members: ['dan'] });
  await admin.publish('deleted', { content: 'the last' });
  await admin.deleteRoom('deleted');
  await admin.createRoom({ id: 'busy', members: ['eve'] });
  const numbered = (room: string, count: number) => Array.from({ length: count }, (_, i) => ({ room_id: room, id: `${room}-${i}`, content: `number ${i}` }));
  await admin.publishAll(numbered('busy', 700));
  await admin.publishAll(numbered('busy', 1000).slice(700));
  await admin.publish('busy', { content: 'one too many' });
  for (let i = 0; i < BULK_ROOMS; i++) {
    await admin.createRoom({ id: `bulk-${i}` });
    await admin.publishAll(numbered(`bulk-${i}`, 1000));
  }
  await admin.request('PUT', '/bans/mallory', { seconds: 3600, reason: 'spam' });
  expect((await admin.request('POST', '/tokens/revoke', { jti: 'lost-token' })).status).toBeLessThan(300);
  await Promise.all(['ann', 'ben'].map(isGone));
}

const name = ({ clientId, device = '' }: Questions['owners'][number]): string => `${clientId}/${device}`;

beforeAll(async () => {
  receiver.answer = () => 503;
  await receiver.start();
  source = await new ServerProcess({ CANARY_INTERVAL_SECONDS: '1', ...receiver.settings, ...WEBHOOKS }).start();
  await use();
  for (const owner of QUESTIONS.owners) pending.set(name(owner), await pendingOf(source, owner.clientId, owner.device));
  await Promise.all(QUESTIONS.owners.map(({ clientId }) => isGone(clientId)));
  contents = await contentsOf(source.admin, QUESTIONS);
}, 120_000);
afterAll(async () => {
  await source.destroy();
  await receiver.stop();
});

describe('before it is moved', () => {
  it('a store that a server has is refused', async () => {
    const { code, stderr } = await migrate('redis://127.0.0.1:1');
    expect(code).toBe(1);
    expect(stderr).toContain('in use by another process');
  });

  it('has something of everything, and a client that is connected when the server is killed', async () => {
    expect([...pending.values()].map((frames) => frames.length)).toEqual([3, 6, 3, 6, 5, 1001]);
    expect(pending.get('eve/')?.find(({ type }) => type === 'error')?.data).toMatchObject({ code: 'QUEUE_OVERFLOW', dropped: 1 });
    await new RecordingClient(source, 'cid', { acknowledgesItself: true }).connect();
    await eventually('cid to be online', async () => (await source.admin.presence('cid')).body.status === 'online');
    await source.kill();
    // As if it had been killed a moment earlier: somebody came, and nobody was told.
    const engine = await startEngine(source.dataDir);
    await engine.presenceJournal.keep();
    await engine.savePresence('default', [{ clientId: 'fay', status: 'online', lastSeen: Date.now() }], 500);
    // And as if a tablet had been told that something fell out of its queue.
    await engine.saveCursors([{ tenant: 'default', clientId: 'eve', device: 'tablet', log: 'busy', seq: 1, clientSeq: 0, at: Date.now(), dropped: { fromSeq: 1, toSeq: 1 } }]);
    await engine.stop();
  });
});

describe.each([
  ['one Redis', () => new RedisProcess()],
  ['a Cluster', () => new RedisCluster()],
])('moved to %s', { timeout: 120_000 }, (_, make) => {
  const redis = make();
  let server: ServerProcess;

  beforeAll(async () => {
    await redis.start();
    server = new ServerProcess({ ENGINE: 'redis', REDIS_URL: redis.url, ...receiver.settings, ...WEBHOOKS });
  });
  afterAll(async () => {
    await server.destroy();
    await redis.destroy();
  });

  const noted = async (key: string): Promise<unknown> => (redis instanceof RedisCluster ? await redis.masterOf(key) : redis).command('GET', key);

  it('is not there when the migration is killed in the middle: no server starts on it', async () => {
    const interrupted = new CliProcess(['migrate', '--from', source.dataDir, '--to', redis.url], { JWT_SECRET });
    await eventually('it to have begun', async () => (await noted('chatapi:migration')) !== null, 60_000, 5);
    expect(await interrupted.signal('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    expect(await noted('chatapi:beginning')).toBe('filling');
    await expect(server.start()).rejects.toThrow(/chatapi migrate.* is filling the store/);
  });

  it('is there when it is run again, compared by count and digest, and the same when it is run once more', async () => {
    for (const outcome of ['copied', 'present']) {
      const { code, stdout, stderr } = await migrate(redis.url);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('is at') as string });
      const report = JSON.parse(stdout) as Report;
      expect(report).toMatchObject({ outcome, same: true });
      for (const { source: from, target } of report.kinds) expect(target).toEqual(from);
      const counts = Object.fromEntries(report.kinds.map(({ kind, target }) => [kind, target.count]));
      expect(counts).toMatchObject({ members: 7, silent: 1, bans: 1, revocations: 1 });
      // That cid came was told, if the server lived long enough.
      expect(counts.untold).toBeGreaterThan(0);
      expect(counts.outbox).toBeGreaterThan(1);
      // Rooms, ann's own log, and that of the server's own canary.
      expect(counts.logs).toBe(4 + BULK_ROOMS + 2);
      expect(counts.entries).toBeGreaterThan(BULK_ROOMS * 1000);
    }
  });

  it('shows what it showed: rooms, members, history, receipts, queues, presence, bans', async () => {
    await server.start();
    // Whoever was connected when the other server was killed is gone after the grace time.
    await eventually('cid to be offline', async () => (await server.admin.presence('cid')).body.status === 'offline', 30_000);
    const known = contents as { presence: { client_id: string; last_seen: string }[] };
    const now = (await contentsOf(server.admin, QUESTIONS)) as typeof known;
    const timeless = (all: typeof known): typeof known => ({ ...all, presence: all.presence.map((one) => (one.client_id === 'cid' ? { ...one, last_seen: '' } : one)) });
    expect(timeless(now)).toEqual(timeless(known));
  });

  it('gives every client what it had pending, in its order, with its ids', async () => {
    for (const owner of QUESTIONS.owners) expect(await pendingOf(server, owner.clientId, owner.device)).toEqual(pending.get(name(owner)));
  });

  it('lets nobody in who was kept out', async () => {
    const refused = async (client: RecordingClient): Promise<number> => (await (await client.connect()).ending()).code;
    expect(await refused(new RecordingClient(server, 'mallory'))).toBe(4403);
    expect(await refused(new RecordingClient(server, 'ann', { token: REVOKED }))).toBe(4401);
  });

  it('sends the webhooks that waited, under the ids that they had', async () => {
    const deliveries = (clientId: string): number => receiver.delivered.filter(({ data }) => data.client_id === clientId).length;
    const before = { mallory: deliveries('mallory'), fay: deliveries('fay') };
    receiver.answer = () => 200;
    await receiver.until('the ban, and who came', () => deliveries('mallory') > before.mallory && deliveries('fay') > before.fay);
    expect(new Set(receiver.of('client.banned', 'mallory').map(({ event }) => event.id)).size).toBe(1);
    receiver.answer = () => 503;
  });

  it('goes on: numbers, ids that were given already, presence', async () => {
    const { last_seq: last } = (await server.admin.room('lobby')).body;
    expect((await server.admin.publish('lobby', { id: 'm-two', content: 'two' })).body.seq).toBe(2);
    await eventually('ben to be offline', async () => (await server.admin.presence('ben')).body.status === 'offline');
    const ann = await new RecordingClient(server, 'ann').connect();
    expect((await server.admin.publish('lobby', { content: 'moved' })).body.seq).toBe(last + 1);
    expect(await ann.next('the next', isMessage('moved'))).toMatchObject({ id: `lobby:${last + 1}` });
    const ben = await new RecordingClient(server, 'ben').connect();
    await ann.next('ben online', isStatus('ben', 'online'));
    await ann.acknowledged();
    await ann.closeCleanly();
    await ben.closeCleanly();
    await eventually('nothing to be pending', async () => (await server.admin.queue('ann')).body.size === 0);
  });

  it('is left alone from then on: another run says that it has changed, and lowers nothing', async () => {
    const { code, stderr, stdout } = await migrate(redis.url);
    expect({ code, same: (JSON.parse(stdout) as Report).same }).toEqual({ code: 1, same: false });
    expect(stderr).toContain('one of them has changed since: nothing was changed now');
    expect((await server.admin.queue('ann')).body.size).toBe(0);
  });

  it('is refused by a Redis that has another store', async () => {
    const other = await new ServerProcess({ ENGINE: 'redis', REDIS_URL: redis.url, REDIS_PREFIX: 'other' }).start();
    const { code, stdout, stderr } = await migrate(redis.url, { REDIS_PREFIX: 'other' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/has a store of its own: nothing was changed/);
    await other.destroy();
  });
});
