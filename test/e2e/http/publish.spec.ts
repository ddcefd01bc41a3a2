// Publishing by trusted backends: custom notifications, and many at once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server.js';
import { pluck } from './pluck.js';

describe('publishing', () => {
  let server: ApiServer;
  let room: string;
  let rooms = 0;

  beforeAll(async () => {
    server = await ApiServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    room = `publish-${++rooms}`;
    await server.admin.post('/rooms').send({ id: room, members: ['alice'] }).expect(201);
  });

  const kept = async (): Promise<{ type: string; data: Record<string, unknown> }[]> =>
    (await server.as('alice').get(`/rooms/${room}/messages?limit=200`).expect(200)).body.items;

  describe('a custom notification', () => {
    it('takes its place in the order of the room', async () => {
      const { body } = await server.backend.post(`/rooms/${room}/notifications`).send({ type: 'order.paid', data: { order: 7 } }).expect(201);
      expect(body).toEqual({ id: `${room}:1`, room_id: room, timestamp: expect.stringMatching(/Z$/), seq: 1 });
      expect(await kept()).toMatchObject([{ type: 'order.paid', data: { order: 7 } }]);
    });

    it('for one client takes its place in an order of its own, known client or not', async () => {
      const client = `client-${rooms}`;
      for (const seq of [1, 2]) {
        const { body } = await server.backend.post(`/clients/${client}/notifications`).send({ type: 'news', data: {} }).expect(201);
        expect(body).toMatchObject({ id: `@${client}:${seq}`, client_id: client, seq });
      }
    });

    it('is published once when its id or its request is repeated', async () => {
      const byId = () => server.backend.post(`/rooms/${room}/notifications`).send({ type: 'news', data: {}, id: 'same' }).expect(201);
      const byKey = () => server.backend.post(`/rooms/${room}/notifications`).set('Idempotency-Key', 'same').send({ type: 'news', data: {} }).expect(201);
      for (const publish of [byId, byKey]) {
        const first = await publish();
        expect((await publish()).body).toEqual(first.body);
      }
      expect(await kept()).toHaveLength(2);
    });

    it.each([
      ['type', { type: 'message', data: {} }],
      ['type', { type: 'client_status', data: {} }],
      ['type', { type: 'connected', data: {} }],
      ['type', { type: 'Order', data: {} }],
      ['type', { data: {} }],
      ['data', { type: 'news' }],
      ['data', { type: 'news', data: 'text' }],
      ['id', { type: 'news', data: {}, id: 'a b' }],
    ])('with a wrong %s is refused', async (field, notification) => {
      const { body } = await server.backend.post(`/rooms/${room}/notifications`).send(notification).expect(400);
      expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: { [field]: expect.any(Array) } });
      await server.backend.post('/clients/alice/notifications').send(notification).expect(400);
    });

    it('may hold 65,536 bytes of data', async () => {
      const text = 'x'.repeat(65_536 - '{"text":""}'.length);
      await server.backend.post(`/rooms/${room}/notifications`).send({ type: 'news', data: { text } }).expect(201);
      await server.backend.post(`/rooms/${room}/notifications`).send({ type: 'news', data: { text: `${text}x` } }).expect(413);
    });

    it('needs a room that exists, or a client that may', async () => {
      expect((await server.backend.post('/rooms/missing/notifications').send({ type: 'news', data: {} }).expect(404)).body.code).toBe('ROOM_NOT_FOUND');
      expect((await server.backend.post('/clients/@x/notifications').send({ type: 'news', data: {} }).expect(404)).body.code).toBe('CLIENT_NOT_FOUND');
    });
  });

  describe('POST /publish', () => {
    it('gives each item a result, in order, and publishes all that are right', async () => {
      const { body } = await server.backend
        .post('/publish')
        .send([
          { room_id: room, content: 'one', id: 'msg_1' },
          { room_id: room, content: 'two', client_id: 'bot', metadata: { a: 1 } },
          { room_id: room, type: 'news', data: { a: 1 } },
          { client_id: 'alice', type: 'news', data: {} },
          { room_id: 'missing', content: 'lost' },
          { room_id: room, content: 'again', id: 'msg_1' },
          { room_id: room, type: 'message', content: 'three' },
        ])
        .expect(200);
      expect(body.results).toMatchObject([
        { status: 201, id: 'msg_1', room_id: room, client_id: 'backend', content: 'one', seq: 1 },
        { status: 201, client_id: 'bot', metadata: { a: 1 }, seq: 2 },
        { status: 201, id: `${room}:3`, room_id: room, seq: 3 },
        { status: 201, id: expect.stringMatching(/^@alice:/), client_id: 'alice' },
        { status: 404, code: 'ROOM_NOT_FOUND', detail: expect.any(String) },
        { status: 201, id: 'msg_1', content: 'one', seq: 1 },
        { status: 201, content: 'three', seq: 4 },
      ]);
      expect((await kept()).map(({ type, data }) => [type, data.content])).toEqual([
        ['message', 'one'],
        ['message', 'two'],
        ['news', undefined],
        ['message', 'three'],
      ]);
    });

    it.each([
      ['room_id', { content: 'x' }],
      ['room_id', { room_id: 'a/b', content: 'x' }],
      ['room_id', { client_id: 'alice', content: 'x' }],
      ['room_id', { type: 'news', data: {} }],
      ['content', { room_id: 'r' }],
      ['content', { room_id: 'r', content: '' }],
      ['data', { room_id: 'r', type: 'news' }],
      ['client_id', { room_id: 'r', client_id: 'c', type: 'news', data: {} }],
      ['type', { room_id: 'r', type: 'room_update', data: {} }],
      ['id', { room_id: 'r', content: 'x', id: 'a b' }],
    ])('refuses an item with a wrong %s, and that one alone', async (field, item) => {
      const right = { room_id: room, content: 'right' };
      const { body } = await server.backend.post('/publish').send([right, item, right]).expect(200);
      expect(body.results).toMatchObject([{ status: 201 }, { status: 400, code: 'VALIDATION_ERROR', errors: { [field]: expect.any(Array) } }, { status: 201 }]);
    });

    it('refuses an item that is no object, too large or too deep, and that one alone', async () => {
      const right = { room_id: room, content: 'right' };
      const deep = JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) as unknown;
      const { body } = await server.backend.post('/publish').send([right, null, 'text', [], { room_id: room, content: 'x'.repeat(65_537) }, { ...right, metadata: { deep } }]).expect(200);
      expect(pluck(body.results, 'status')).toEqual([201, 400, 400, 400, 413, 400]);
    });

    it('takes 1,000 items in one body, also large ones, and refuses 1,001 as a whole', async () => {
      const items = Array.from({ length: 1001 }, (_, i) => ({ room_id: room, content: `${i}`.padEnd(4096, '.') }));
      expect((await server.backend.post('/publish').send(items).expect(400)).body.code).toBe('VALIDATION_ERROR');
      expect(await kept()).toEqual([]);
      const { body } = await server.backend.post('/publish').send(items.slice(0, 1000)).expect(200);
      expect(pluck(body.results, 'seq')).toEqual(items.slice(0, 1000).map((_, i) => i + 1));
    });

    it('refuses a body of more than 8 MiB', async () => {
      const { body } = await server.backend.post('/publish').send([{ room_id: room, content: 'x'.repeat(8 * 1024 * 1024) }]).expect(413);
      expect(body.code).toBe('PAYLOAD_TOO_LARGE');
    });

    it.each([[{}], [{ items: [] }]])('refuses %j, which is no array', async (body) => {
      await server.backend.post('/publish').send(body).expect(400);
    });

    it('publishes once when it is repeated with its Idempotency-Key', async () => {
      const publish = () =>
        server.backend
          .post('/publish')
          .set('Idempotency-Key', 'bulk')
          .send([{ room_id: room, content: 'one' }, { content: 'wrong' }, { room_id: room, content: 'two' }, { room_id: room, type: 'news', data: {} }])
          .expect(200);
      const first = await publish();
      expect((await publish()).body).toEqual(first.body);
      expect(await kept()).toHaveLength(3);
    });

    describe('with newline-delimited JSON', () => {
      const send = (text: string) => server.backend.post('/publish').set('Content-Type', 'application/x-ndjson').send(text);

      it('gives each line a result, in order; a line that is no JSON spoils itself only', async () => {
        const { body } = await send(`{"room_id":"${room}","content":"one"}\n{"room_id":\n\n{"room_id":"${room}","content":"two"}\n`).expect(200);
        expect(body.results).toMatchObject([{ status: 201, content: 'one', seq: 1 }, { status: 400, code: 'VALIDATION_ERROR' }, { status: 201, content: 'two', seq: 2 }]);
      });

      it('takes more lines than an array may have items, in order, up to 10,000', async () => {
        const lines = (count: number) => Array.from({ length: count }, (_, i) => JSON.stringify({ room_id: room, content: `${i}` })).join('\n');
        const { body } = await send(lines(2500)).expect(200);
        expect(pluck(body.results, 'seq')).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
        expect(pluck(body.results, 'content')).toEqual(Array.from({ length: 2500 }, (_, i) => `${i}`));
        await send(lines(10_001)).expect(400);
      });

      it('is read by no other route', async () => {
        const text = '{"content":"x"}';
        await server.as('alice').post(`/rooms/${room}/messages`).set('Content-Type', 'application/x-ndjson').send(text).expect(400);
      });
    });
  });
});
