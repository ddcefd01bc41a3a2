// What publishing hands to the engine, and what the publisher is told.
import { describe, expect, it } from 'vitest';
import { type Settings } from '../config/index.js';
import { type AppendRequest, type AppendResult, type DeliveryEngine } from '../engine/index.js';
import { ChatEvents, type Published } from '../events/index.js';
import { ChatError, IDENTIFIER_PATTERN, type MessageData } from '../protocol/index.js';
import { NotificationPublisher } from './notification-publisher.js';

const AT = Date.parse('2024-01-15T10:30:00.000Z');
const MAX_PAYLOAD_BYTES = 100;

/** Takes down what it is asked to append, and answers as it is told; by default each is appended. */
class RecordingLog {
  readonly appends: (readonly AppendRequest[])[] = [];
  answer: (request: AppendRequest, index: number) => AppendResult | Error = ({ at }, index) => ({ seq: index + 1, incarnation: 0, at, duplicate: false });

  append(requests: readonly AppendRequest[]): Promise<(AppendResult | Error)[]> {
    this.appends.push(requests);
    return Promise.resolve(requests.map((request, index) => this.answer(request, index)));
  }

  get last(): AppendRequest {
    return this.appends.at(-1)?.at(-1) as AppendRequest;
  }
}

function setUp() {
  const log = new RecordingLog();
  const engine = log as unknown as DeliveryEngine;
  const events = new ChatEvents();
  return { log, events, publisher: new NotificationPublisher(engine, { maxPayloadBytes: MAX_PAYLOAD_BYTES } as Settings, { now: () => AT }, events) };
}

const message = { tenant: 'default', roomId: 'room_456', clientId: 'client_789', content: 'Hello, world!', requireMember: true };
const custom = { tenant: 'default', target: { roomId: 'room_456' }, type: 'order.paid', data: { order: 7 }, sender: 'shop' };

describe('publishing a message', () => {
  it('writes the data exactly as the specification shows it', async () => {
    const { log, publisher } = setUp();
    await publisher.publishMessage({ ...message, id: 'msg_123' });
    expect(log.last).toEqual({
      tenant: 'default',
      log: 'room_456',
      type: 'message',
      data: '{"id":"msg_123","room_id":"room_456","client_id":"client_789","content":"Hello, world!","timestamp":"2024-01-15T10:30:00.000Z"}',
      at: AT,
      author: 'client_789',
      idempotency: { sender: 'client_789', id: 'msg_123' },
    });
  });

  it('answers with the message and its place in the order', async () => {
    const { publisher } = setUp();
    expect(await publisher.publishMessage({ ...message, id: 'msg_123', metadata: { mood: 'good' } })).toEqual({
      id: 'msg_123',
      room_id: 'room_456',
      client_id: 'client_789',
      content: 'Hello, world!',
      timestamp: '2024-01-15T10:30:00.000Z',
      metadata: { mood: 'good' },
      seq: 1,
    });
  });

  it('asks for no membership on behalf of a trusted backend', async () => {
    const { log, publisher } = setUp();
    await publisher.publishMessage({ ...message, requireMember: false });
    expect(log.last).not.toHaveProperty('author');
  });

  it('makes an id of its own that never repeats when none is given', async () => {
    const { log, publisher } = setUp();
    const ids = await Promise.all(Array.from({ length: 100 }, async () => (await publisher.publishMessage(message)).id));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^msg_[A-Za-z0-9_-]{22}$/);
    expect(log.last).not.toHaveProperty('idempotency');
  });

  it('derives the id from the idempotency key: the same key, the same id', async () => {
    const { log, publisher } = setUp();
    const idOf = async (changes: object) => (await publisher.publishMessage({ ...message, idempotencyKey: 'key', ...changes })).id;
    const id = await idOf({});
    expect(id).toMatch(IDENTIFIER_PATTERN);
    expect(log.last.idempotency).toEqual({ sender: 'client_789', id });
    expect(await idOf({ content: 'other' })).toBe(id);
    for (const other of [{ idempotencyKey: 'other' }, { clientId: 'other' }, { roomId: 'other' }, { tenant: 'other' }]) {
      expect(await idOf(other)).not.toBe(id);
    }
    expect(await idOf({ id: 'chosen' })).toBe('chosen');
  });

  it('answers a repetition with the first result', async () => {
    const { log, publisher } = setUp();
    const first: MessageData = { id: 'msg_123', room_id: 'room_456', client_id: 'client_789', content: 'First', timestamp: '2024-01-15T10:29:00.000Z' };
    log.answer = () => ({ seq: 42, incarnation: 0, at: AT - 60_000, duplicate: true, firstData: JSON.stringify(first) });
    expect(await publisher.publishMessage({ ...message, id: 'msg_123' })).toEqual({ ...first, seq: 42 });
  });

  it('answers a repetition of what is not kept any more with the first place and time', async () => {
    const { log, publisher } = setUp();
    log.answer = () => ({ seq: 42, incarnation: 0, at: AT - 60_000, duplicate: true });
    expect(await publisher.publishMessage({ ...message, id: 'msg_123' })).toMatchObject({ seq: 42, timestamp: '2024-01-15T10:29:00.000Z' });
  });

  it('takes null for absent', async () => {
    const { log, publisher } = setUp();
    expect(await publisher.publishMessage({ ...message, id: null, metadata: null })).not.toHaveProperty('metadata');
    expect(log.last.data).not.toContain('null');
  });

  it('measures content and metadata together, in bytes of UTF-8', async () => {
    const { log, publisher } = setUp();
    const fits = 'é'.repeat(MAX_PAYLOAD_BYTES / 2);
    expect((await publisher.publishMessage({ ...message, content: fits })).content).toBe(fits);
    for (const tooLarge of [{ content: `${fits}x` }, { content: fits, metadata: { k: 1 } }]) {
      await expect(publisher.publishMessage({ ...message, ...tooLarge })).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    }
    expect(log.appends).toHaveLength(1);
  });

  it('passes on what the engine refuses with', async () => {
    const { log, publisher } = setUp();
    log.answer = () => new ChatError('ROOM_NOT_FOUND');
    await expect(publisher.publishMessage(message)).rejects.toMatchObject({ code: 'ROOM_NOT_FOUND' });
  });
});

describe('publishing a custom notification', () => {
  it('appends to the room and answers with the notification as receivers see it', async () => {
    const { log, publisher } = setUp();
    expect(await publisher.publishNotification(custom)).toEqual({
      id: 'room_456:1',
      room_id: 'room_456',
      timestamp: '2024-01-15T10:30:00.000Z',
      seq: 1,
    });
    expect(log.last).toEqual({ tenant: 'default', log: 'room_456', type: 'order.paid', data: '{"order":7}', at: AT });
  });

  it('appends what goes to one client to its own log', async () => {
    const { log, publisher } = setUp();
    expect(await publisher.publishNotification({ ...custom, target: { clientId: 'alice' } })).toMatchObject({ id: '@alice:1', client_id: 'alice' });
    expect(log.last.log).toBe('@alice');
  });

  it('keeps the ids of custom notifications, of messages, and keys apart', async () => {
    const { log, publisher } = setUp();
    await publisher.publishMessage({ ...message, clientId: 'shop', id: 'same' });
    await publisher.publishNotification({ ...custom, id: 'same' });
    await publisher.publishNotification({ ...custom, idempotencyKey: 'same' });
    const idempotency = log.appends.map(([request]) => request?.idempotency);
    expect(idempotency.every((given) => given?.sender === 'shop')).toBe(true);
    expect(new Set(idempotency.map((given) => given?.id)).size).toBe(3);
  });

  it.each(['message', 'room_update', 'client_status', 'error', 'connected', 'pong', 'Upper', '1st', '', 'with space', 'a'.repeat(65), 'quote"'])(
    'refuses the type %j',
    async (type) => {
      const { log, publisher } = setUp();
      await expect(publisher.publishNotification({ ...custom, type })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { errors: { type: [expect.any(String)] } } });
      expect(log.appends).toEqual([]);
    },
  );

  it('refuses data that is too large', async () => {
    const { publisher } = setUp();
    const data = { text: 'x'.repeat(MAX_PAYLOAD_BYTES) };
    await expect(publisher.publishNotification({ ...custom, data })).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });
});

describe('publishing many', () => {
  it('makes one append of all that are valid, and gives each its outcome, in order', async () => {
    const { log, publisher } = setUp();
    log.answer = ({ log: room, at }, index) => (room === 'gone' ? new ChatError('ROOM_NOT_FOUND') : { seq: 10 + index, incarnation: 0, at, duplicate: false });
    const outcomes = await publisher.publishAll([
      { kind: 'message', ...message, id: 'one' },
      { kind: 'custom', ...custom, type: 'message' },
      { kind: 'message', ...message, roomId: 'gone' },
      { kind: 'custom', ...custom },
    ]);
    expect(log.appends.map((requests) => requests.map((request) => request.log))).toEqual([['room_456', 'gone', 'room_456']]);
    expect(outcomes).toEqual([
      expect.objectContaining({ id: 'one', seq: 10 }),
      expect.objectContaining({ code: 'VALIDATION_ERROR' }),
      expect.objectContaining({ code: 'ROOM_NOT_FOUND' }),
      expect.objectContaining({ id: 'room_456:12', seq: 12 }),
    ]);
  });

  it('does not trouble the engine when nothing is valid', async () => {
    const { log, publisher } = setUp();
    expect(await publisher.publishAll([{ kind: 'custom', ...custom, type: 'error' }])).toEqual([expect.any(ChatError)]);
    expect(await publisher.publishAll([])).toEqual([]);
    expect(log.appends).toEqual([]);
  });
});

describe('the event of publishing', () => {
  function setUpListening() {
    const parts = setUp();
    const heard: Published[][] = [];
    parts.events.on('published', (published) => heard.push([...published]));
    return { ...parts, heard };
  }

  it('tells of everything that was appended: where, what, its place, and who published it', async () => {
    const { publisher, heard } = setUpListening();
    await publisher.publishAll([
      { kind: 'message', ...message, clientId: 'author', publisher: 'backend' },
      { kind: 'message', ...message },
      { kind: 'custom', ...custom, target: { clientId: 'alice' } },
    ]);
    expect(heard).toEqual([
      [
        { tenant: 'default', log: 'room_456', publisher: 'backend', type: 'message', seq: 1, id: 'room_456:1' },
        { tenant: 'default', log: 'room_456', publisher: 'client_789', type: 'message', seq: 2, id: 'room_456:2' },
        { tenant: 'default', log: '@alice', publisher: 'shop', type: 'order.paid', seq: 3, id: '@alice:3' },
      ],
    ]);
  });

  it('does not come for what was refused, or repeated', async () => {
    const { log, publisher, heard } = setUpListening();
    log.answer = ({ log: room, at }, index) => (room === 'gone' ? new ChatError('ROOM_NOT_FOUND') : { seq: index + 1, incarnation: 0, at, duplicate: room === 'again' });
    await publisher.publishAll([
      { kind: 'message', ...message, roomId: 'gone' },
      { kind: 'custom', ...custom, type: 'error' },
      { kind: 'message', ...message, roomId: 'again', id: 'same' },
      { kind: 'message', ...message, roomId: 'new' },
    ]);
    await publisher.publishAll([{ kind: 'message', ...message, roomId: 'again', id: 'same' }]);
    expect(heard.map((published) => published.map(({ log: room, seq }) => [room, seq]))).toEqual([[['new', 3]]]);
  });
});
