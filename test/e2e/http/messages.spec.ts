// Messages over HTTP: sending, repeating, limits, history.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server.js';

describe.each([
  ['', false],
  [' on the short way', true],
])('messages%s', (_way, direct) => {
  let server: ApiServer;
  let room: string;
  let rooms = 0;

  beforeAll(async () => {
    server = await ApiServer.start({ direct });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    room = `messages-${++rooms}`;
    await server.admin.post('/rooms').send({ id: room, members: ['alice', 'bob'] }).expect(201);
  });

  const history = async (query = '') => (await server.as('alice').get(`/rooms/${room}/messages${query}`).expect(200)).body;

  describe('POST /rooms/:room_id/messages', () => {
    it('answers with the message and its place in the order', async () => {
      const { body } = await server.as('alice').post(`/rooms/${room}/messages`).send({ content: 'Hello, world!' }).expect(201);
      expect(body).toEqual({
        id: expect.stringMatching(/^msg_[A-Za-z0-9_-]{22}$/),
        room_id: room,
        client_id: 'alice',
        content: 'Hello, world!',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        seq: 1,
      });
      const second = await server.as('bob').post(`/rooms/${room}/messages`).send({ content: 'Hi', id: 'mine', metadata: { mood: 'good' } }).expect(201);
      expect(second.body).toMatchObject({ id: 'mine', client_id: 'bob', metadata: { mood: 'good' }, seq: 2 });
    });

    it('lets a member send as itself only, and a trusted backend as anybody', async () => {
      await server.as('alice').post(`/rooms/${room}/messages`).send({ content: 'x', client_id: 'alice' }).expect(201);
      expect((await server.as('alice').post(`/rooms/${room}/messages`).send({ content: 'x', client_id: 'bob' }).expect(403)).body.code).toBe('FORBIDDEN');
      const asBot = await server.backend.post(`/rooms/${room}/messages`).send({ content: 'x', client_id: 'bot' }).expect(201);
      expect(asBot.body.client_id).toBe('bot');
      expect((await server.backend.post(`/rooms/${room}/messages`).send({ content: 'x' }).expect(201)).body.client_id).toBe('backend');
    });

    it('publishes a repeated id of the same sender once, and answers with the first', async () => {
      const send = (sub: string, content: string) => server.as(sub).post(`/rooms/${room}/messages`).send({ content, id: 'same' }).expect(201);
      const first = await send('alice', 'first');
      expect((await send('alice', 'second')).body).toEqual(first.body);
      expect((await send('bob', 'third')).body).toMatchObject({ content: 'third', seq: 2 });
      expect((await history()).items).toHaveLength(2);
    });

    it('publishes once when a request is repeated with its Idempotency-Key', async () => {
      const send = (key: string, content = 'x') =>
        server.as('alice').post(`/rooms/${room}/messages`).set('Idempotency-Key', key).send({ content }).expect(201);
      const [first, again] = await Promise.all([send('key 1'), send('key 1')]);
      expect(again.body).toEqual(first.body);
      expect((await send('key 1', 'changed')).body).toEqual(first.body);
      expect((await send('key 2')).body.id).not.toBe(first.body.id);
      expect((await history()).items).toHaveLength(2);
    });

    it('refuses an Idempotency-Key that cannot be used', async () => {
      const { body } = await server.as('alice').post(`/rooms/${room}/messages`).set('Idempotency-Key', 'x'.repeat(256)).send({ content: 'x' }).expect(400);
      expect(body.errors).toHaveProperty('Idempotency-Key');
    });

    it.each([
      ['content', {}],
      ['content', { content: '' }],
      ['content', { content: 7 }],
      ['content', { content: null }],
      ['id', { content: 'x', id: 'a/b' }],
      ['id', { content: 'x', id: 'x\r\n' }],
      ['client_id', { content: 'x', client_id: '@x' }],
      ['metadata', { content: 'x', metadata: 'text' }],
    ])('refuses a wrong %s', async (field, message) => {
      const { body } = await server.as('alice').post(`/rooms/${room}/messages`).send(message).expect(400);
      expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: { [field]: expect.any(Array) } });
      expect((await history()).items).toEqual([]);
    });

    it('takes content of 65,536 bytes, however JSON spells it, and no more', async () => {
      const send = (content: string) => server.as('alice').post(`/rooms/${room}/messages`).send({ content });
      for (const content of ['x'.repeat(65_536), '€'.repeat(21_845), '\u0001'.repeat(65_536)]) {
        expect((await send(content).expect(201)).body.content).toBe(content);
      }
      for (const content of ['x'.repeat(65_537), '€'.repeat(21_846)]) expect((await send(content).expect(413)).body.code).toBe('PAYLOAD_TOO_LARGE');
      expect((await send('x'.repeat(2 * 1024 * 1024)).expect(413)).body.code).toBe('PAYLOAD_TOO_LARGE');
      // Larger than all buffers between the two, so that the answer comes while the rest is still being sent.
      for (let i = 0; i < 5; i++) expect((await send('x'.repeat(12 * 1024 * 1024)).expect(413)).body.code).toBe('PAYLOAD_TOO_LARGE');
    });

    it('drops fields that it does not know', async () => {
      const { body } = await server.as('alice').post(`/rooms/${room}/messages`).send({ content: 'x', seq: 99, room_id: 'other', timestamp: 'never' }).expect(201);
      expect(body).toMatchObject({ seq: 1, room_id: room, timestamp: expect.stringMatching(/Z$/) });
    });

    it('keeps content and metadata to the letter', async () => {
      const sent = { content: '</script> "\\ \u2028 👍🏽 \u0000', metadata: { b: 1, a: { '2': [], '1': null } } };
      await server.as('alice').post(`/rooms/${room}/messages`).send(sent).expect(201);
      expect((await history()).items[0].data).toMatchObject(sent);
    });

    it('refuses a body that nests too deep or holds a dangerous key', async () => {
      const post = (text: string) => server.as('alice').post(`/rooms/${room}/messages`).set('Content-Type', 'application/json').send(text);
      await post(`{"content":"x","metadata":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`).expect(400);
      await post('{"content":"x","metadata":{"constructor":{"prototype":{"polluted":true}}}}').expect(400);
      await post('{"content":"x","metadata":{"__proto__":{"polluted":true}}}').expect(400);
      expect({}).not.toHaveProperty('polluted');
      expect((await history()).items).toEqual([]);
    });
  });

  describe('GET /rooms/:room_id/messages', () => {
    it('gives every kept entry as it was delivered, oldest first', async () => {
      await server.as('alice').post(`/rooms/${room}/messages`).send({ content: 'one', id: 'msg_1' }).expect(201);
      await server.admin.put(`/rooms/${room}/members/carol`).expect(204);
      await server.backend.post(`/rooms/${room}/notifications`).send({ type: 'news.flash', data: { z: 1, a: 2 } }).expect(201);
      const response = await server.as('carol').get(`/rooms/${room}/messages`).expect(200).expect('Content-Type', /^application\/json/);
      const timestamp = expect.stringMatching(/Z$/) as string;
      expect(response.body).toEqual({
        items: [
          { type: 'message', id: `${room}:1`, seq: 1, data: { id: 'msg_1', room_id: room, client_id: 'alice', content: 'one', timestamp } },
          { type: 'room_update', id: `${room}:2`, seq: 2, data: { room_id: room, event: 'client_joined', client_id: 'carol', timestamp } },
          { type: 'news.flash', id: `${room}:3`, seq: 3, data: { z: 1, a: 2 } },
        ],
      });
    });

    it('goes on behind a place of the order, and says where the next page begins while there is one', async () => {
      for (let i = 1; i <= 5; i++) await server.as('alice').post(`/rooms/${room}/messages`).send({ content: `${i}` }).expect(201);
      const seqs = ({ items }: { items: { seq: number }[] }) => items.map(({ seq }) => seq);
      const first = await history('?limit=2');
      expect([seqs(first), first.next_after]).toEqual([[1, 2], 2]);
      const second = await history(`?limit=2&after=${first.next_after}`);
      expect([seqs(second), second.next_after]).toEqual([[3, 4], 4]);
      const third = await history('?limit=2&after=4');
      expect([seqs(third), third.next_after]).toEqual([[5], undefined]);
      expect(await history('?after=5')).toEqual({ items: [] });
      expect(await history('?limit=5')).not.toHaveProperty('next_after');
    });

    it.each(['after=-1', 'after=x', 'after=1.5', 'limit=0', 'limit=201'])('refuses ?%s', async (query) => {
      const { body } = await server.as('alice').get(`/rooms/${room}/messages?${query}`).expect(400);
      expect(body.code).toBe('VALIDATION_ERROR');
    });
  });
});
