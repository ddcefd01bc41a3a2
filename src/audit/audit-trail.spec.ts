// What each event leaves in the trail.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../config/index.js';
import type { DeliveryEngine } from '../engine/index.js';
import { ChatEvents, type Delivered } from '../events/index.js';
import type { LogEntry } from '../log/index.js';
import type { AuditRecord } from './audit-record.js';
import type { AuditSink } from './audit-sink.interface.js';
import { AuditTrail } from './audit-trail.js';

const NOW = Date.parse('2024-01-15T10:30:00.000Z');
const TIME = '2024-01-15T10:30:00.000Z';
const ALICE = { tenant: 'acme', clientId: 'alice' };
const CONNECTION = { ...ALICE, connectionId: 'c1', device: 'phone', address: '203.0.113.7', transport: 'websocket' } as const;
const CONNECTION_RECORD = { tenant: 'acme', client_id: 'alice', connection_id: 'c1', device: 'phone', address: '203.0.113.7' };

class RecordingSink implements AuditSink {
  readonly records: AuditRecord[] = [];
  write(records: readonly AuditRecord[]): void {
    this.records.push(...records);
  }
}

/** Logs whose entries are there by number, as far as they are given; reads are noted. */
class NumberedLog {
  readonly reads: [log: string, after: number, limit: number][] = [];
  failure: Error | undefined;
  constructor(private readonly seqs: readonly number[] = []) {}

  readLog({ log }: { log: string }, after: number, limit: number): Promise<LogEntry[]> {
    this.reads.push([log, after, limit]);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const entries = this.seqs.filter((seq) => seq > after).slice(0, limit);
    return Promise.resolve(entries.map((seq) => ({ seq, incarnation: 0, type: 'message', data: '{"content":"secret"}', at: NOW })));
  }
}

async function setUp({ deliveries = 'summary', sink = new RecordingSink(), log = new NumberedLog() }: {
  deliveries?: Settings['auditDeliveries'];
  sink?: AuditSink;
  log?: NumberedLog;
} = {}) {
  const events = new ChatEvents();
  const trail = new AuditTrail(events, sink, log as unknown as DeliveryEngine, { now: () => NOW }, { auditDeliveries: deliveries } as Settings);
  await trail.onModuleInit();
  return { events, trail, log, records: (sink as RecordingSink).records };
}

const delivered = (fromSeq: number, toSeq: number, more: Partial<Delivered> = {}): Delivered => ({ ...ALICE, device: '', log: 'r', fromSeq, toSeq, ...more });

describe('the audit trail', () => {
  it('records connections', async () => {
    const { events, records } = await setUp();
    events.emit('connected', CONNECTION);
    events.emit('disconnected', { ...CONNECTION, code: 1006, durationMs: 1234.5 });
    expect(records).toEqual([
      { time: TIME, action: 'connected', ...CONNECTION_RECORD },
      { time: TIME, action: 'disconnected', ...CONNECTION_RECORD, code: 1006, duration_ms: 1235 },
    ]);
  });

  it('says of a connection that is no WebSocket what it is', async () => {
    const { events, records } = await setUp();
    events.emit('connected', { ...CONNECTION, transport: 'sse' });
    expect(records).toEqual([{ time: TIME, action: 'connected', ...CONNECTION_RECORD, via: 'sse' }]);
  });

  it('records who was refused, and why', async () => {
    const { events, records } = await setUp();
    events.emit('refused', { reason: 'origin', address: '203.0.113.7' });
    events.emit('refused', { reason: 'banned', address: '203.0.113.7', client: ALICE });
    expect(records).toEqual([
      { time: TIME, action: 'refused', address: '203.0.113.7', reason: 'origin' },
      { time: TIME, action: 'refused', tenant: 'acme', client_id: 'alice', address: '203.0.113.7', reason: 'banned' },
    ]);
  });

  it('records joining and leaving, one record a client', async () => {
    const { events, records } = await setUp();
    events.emit('joined', { tenant: 'acme', roomId: 'r', by: 'admin', clientIds: ['alice', 'bob'] });
    events.emit('left', { tenant: 'acme', roomId: 'r', by: 'bob', clientIds: ['bob'] });
    expect(records).toEqual([
      { time: TIME, action: 'joined', tenant: 'acme', client_id: 'alice', room_id: 'r', by: 'admin' },
      { time: TIME, action: 'joined', tenant: 'acme', client_id: 'bob', room_id: 'r', by: 'admin' },
      { time: TIME, action: 'left', tenant: 'acme', client_id: 'bob', room_id: 'r', by: 'bob' },
    ]);
  });

  it('records what was published, and what fell out of a queue', async () => {
    const { events, records } = await setUp();
    events.emit('published', [{ tenant: 'acme', log: '@alice', publisher: 'shop', type: 'order.paid', seq: 3, id: '@alice:3' }]);
    events.emit('dropped', [{ ...ALICE, device: '', log: 'r', fromSeq: 1, toSeq: 5, count: 4 }]);
    expect(records).toEqual([
      { time: TIME, action: 'published', tenant: 'acme', client_id: 'shop', room_id: '@alice', type: 'order.paid', seq: 3, id: '@alice:3' },
      { time: TIME, action: 'overflow', tenant: 'acme', client_id: 'alice', room_id: 'r', from_seq: 1, to_seq: 5, count: 4 },
    ]);
  });

  it('records limits and bans', async () => {
    const { events, records } = await setUp();
    events.emit('rateLimited', { ...ALICE, kind: 'message', via: 'websocket', outcome: 'held', count: 7 });
    events.emit('banned', { ...ALICE, until: NOW + 1000, reason: 'flood' });
    events.emit('banned', { ...ALICE, until: NOW + 1000, reason: '', by: 'admin' });
    events.emit('banLifted', { ...ALICE, by: 'admin' });
    const alice = { tenant: 'acme', client_id: 'alice' };
    expect(records).toEqual([
      { time: TIME, action: 'rate_limited', ...alice, kind: 'message', via: 'websocket', outcome: 'held', count: 7 },
      { time: TIME, action: 'banned', ...alice, until: '2024-01-15T10:30:01.000Z', reason: 'flood' },
      { time: TIME, action: 'banned', ...alice, until: '2024-01-15T10:30:01.000Z', reason: '', by: 'admin' },
      { time: TIME, action: 'ban_lifted', ...alice, by: 'admin' },
    ]);
  });

  it('records tokens that were refreshed and revoked, by their names', async () => {
    const { events, records } = await setUp();
    events.emit('tokenRefreshed', { ...CONNECTION, expiresAt: NOW + 1000 });
    events.emit('tokenRevoked', { tenant: 'acme', by: 'admin', tokenId: 'jti-1' });
    events.emit('tokenRevoked', { tenant: 'acme', by: 'admin', clientId: 'alice', issuedBefore: NOW });
    expect(records).toEqual([
      { time: TIME, action: 'token_refreshed', ...CONNECTION_RECORD, expires_at: '2024-01-15T10:30:01.000Z' },
      { time: TIME, action: 'token_revoked', tenant: 'acme', token_id: 'jti-1', by: 'admin' },
      { time: TIME, action: 'token_revoked', tenant: 'acme', client_id: 'alice', issued_before: TIME, by: 'admin' },
    ]);
  });

  it('records what administrators do, under its own name', async () => {
    const { events, records } = await setUp();
    events.emit('adminAction', { tenant: 'acme', by: 'admin', action: 'room.create', roomId: 'r' });
    events.emit('adminAction', { tenant: 'acme', by: 'admin', action: 'connection.close', connectionId: 'c1', clientId: 'alice' });
    expect(records).toEqual([
      { time: TIME, action: 'room.create', tenant: 'acme', room_id: 'r', by: 'admin' },
      { time: TIME, action: 'connection.close', tenant: 'acme', client_id: 'alice', connection_id: 'c1', by: 'admin' },
    ]);
  });

  it('leaves tokens out of what people write', async () => {
    const { events, records } = await setUp();
    const token = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(40)}.${'b'.repeat(43)}`;
    events.emit('banned', { ...ALICE, until: NOW, reason: `stole ${token}!`, by: 'admin' });
    expect(records).toMatchObject([{ reason: 'stole [token]!' }]);
  });

  it('never lets a failure reach whoever emits', async () => {
    const { events } = await setUp({
      sink: {
        write() {
          throw new Error('The sink is broken');
        },
      },
    });
    expect(() => events.emit('connected', CONNECTION)).not.toThrow();
    expect(() => events.emit('delivered', [delivered(1, 2)])).not.toThrow();
    const sound = await setUp();
    expect(() => sound.events.emit('banned', { ...ALICE, until: Infinity, reason: 'for ever' })).not.toThrow();
    expect(sound.records).toEqual([{ time: TIME, action: 'banned', tenant: 'acme', client_id: 'alice', reason: 'for ever' }]);
  });

  it('opens the sink before the first record, and closes it behind the last one', async () => {
    const calls: string[] = [];
    const sink = {
      open: () => Promise.resolve(void calls.push('open')),
      write: ([{ action }]: readonly AuditRecord[]) => void calls.push(action),
      close: () => Promise.resolve(void calls.push('close')),
    };
    const { events, trail } = await setUp({ sink, deliveries: 'each', log: new NumberedLog([1]) });
    events.emit('delivered', [delivered(1, 1)]);
    await trail.beforeApplicationShutdown();
    await trail.onApplicationShutdown();
    expect(calls).toEqual(['open', 'delivered', 'close']);
  });
});

describe('deliveries in the audit trail', () => {
  it('are not even asked for when they are off', async () => {
    expect((await setUp({ deliveries: 'off' })).events.wanted('delivered')).toBe(false);
    expect((await setUp({ deliveries: 'summary' })).events.wanted('delivered')).toBe(true);
  });

  it('are ranges in the summary, and nothing is read for it', async () => {
    const { events, records, log } = await setUp();
    events.emit('delivered', [delivered(3, 7, { device: 'phone' }), delivered(1, 1, { log: '@alice' })]);
    expect(records).toEqual([
      { time: TIME, action: 'delivered', tenant: 'acme', client_id: 'alice', device: 'phone', room_id: 'r', from_seq: 3, to_seq: 7 },
      { time: TIME, action: 'delivered', tenant: 'acme', client_id: 'alice', room_id: '@alice', from_seq: 1, to_seq: 1 },
    ]);
    expect(log.reads).toEqual([]);
  });

  it('are one record a notification with each, without what it says, and none for a number that notified nobody', async () => {
    const { events, records, trail } = await setUp({ deliveries: 'each', log: new NumberedLog([1, 2, 4, 5, 9]) });
    events.emit('delivered', [delivered(2, 5)]);
    await trail.beforeApplicationShutdown();
    const expected = [2, 4, 5].map((seq) => ({ time: TIME, action: 'delivered', tenant: 'acme', client_id: 'alice', room_id: 'r', id: `r:${seq}`, type: 'message', seq }));
    expect(records).toEqual(expected);
    expect(JSON.stringify(records)).not.toContain('secret');
  });

  it('are read once for all members of a room, a page at a time', async () => {
    const seqs = Array.from({ length: 500 }, (_, i) => i + 1);
    const { events, records, trail, log } = await setUp({ deliveries: 'each', log: new NumberedLog(seqs) });
    events.emit('delivered', [delivered(1, 450), delivered(100, 451, { clientId: 'bob' }), delivered(1, 1, { tenant: 'other' })]);
    await trail.beforeApplicationShutdown();
    const seqsOf = (client: string, tenant = 'acme') => records.filter((record) => record.client_id === client && record.tenant === tenant).map(({ seq }) => seq);
    expect(seqsOf('alice')).toEqual(seqs.slice(0, 450));
    expect(seqsOf('bob')).toEqual(seqs.slice(99, 451));
    expect(seqsOf('alice', 'other')).toEqual([1]);
    expect(log.reads).toEqual([['r', 0, 200], ['r', 200, 200], ['r', 400, 51], ['r', 0, 1]]);
  });

  it('are ranges when the log cannot be read', async () => {
    const log = new NumberedLog([1, 2, 3]);
    log.failure = new Error('The store is closed');
    const { events, records, trail } = await setUp({ deliveries: 'each', log });
    events.emit('delivered', [delivered(1, 3)]);
    await trail.beforeApplicationShutdown();
    expect(records).toMatchObject([{ action: 'delivered', from_seq: 1, to_seq: 3 }]);
  });

  it('are ranges when more come than can be looked up', async () => {
    const { events, records, trail } = await setUp({ deliveries: 'each', log: new NumberedLog([1]) });
    const many = Array.from({ length: 10_001 }, () => delivered(1, 1));
    events.emit('delivered', many);
    expect(records).toHaveLength(many.length);
    expect(records[0]).toMatchObject({ from_seq: 1, to_seq: 1 });
    events.emit('delivered', many.slice(1));
    await trail.beforeApplicationShutdown();
    expect(records).toHaveLength(2 * many.length - 1);
    expect(records.at(-1)).toMatchObject({ seq: 1, id: 'r:1' });
  });
});
