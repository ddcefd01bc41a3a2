// The client library in Node, against the real server: over cuts, lost answers, crashes, overflows and what listeners fail on.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChatClientOptions } from '../../src/client/index.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { LibraryClient, texts } from './library-client.js';

const QUEUE_MAX = 50;
const server = new ServerProcess({ QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX), MAX_PAYLOAD_BYTES: '2048', BAN_THRESHOLD: '0' });
const network = new TcpProxy(() => server.port);
const open: LibraryClient[] = [];

beforeAll(async () => {
  await server.start();
  await network.listen();
});
afterEach(() => {
  network.restore();
  for (const { client } of open.splice(0)) client.close();
});
afterAll(async () => {
  await network.close();
  await server.destroy();
});

function onNetwork(clientId: string, options: Partial<ChatClientOptions> = {}): LibraryClient {
  const client = new LibraryClient(network.port, clientId, options);
  open.push(client);
  return client;
}

/** Somebody whom nothing happens to. */
async function observe(room: string): Promise<LibraryClient> {
  const observer = new LibraryClient(server.port, `${room}-observer`);
  open.push(observer);
  return observer.connect();
}

async function roomOf(room: string, ...members: string[]): Promise<void> {
  await server.admin.createRoom({ id: room, members: [...members, `${room}-observer`] });
}

describe('messages to a room', () => {
  it('that are sent while the client is away arrive once, in their order, when it is back', async () => {
    await roomOf('away', 'ann');
    const observer = await observe('away');
    const ann = await onNetwork('ann').connect();
    network.cut();
    await eventually('the cut to be seen', () => ann.client.state !== 'open');
    const contents = texts('sent while away', 20);
    const sent = contents.map((content) => ann.client.send('away', content));
    expect(ann.client.buffered).toBe(20);
    network.restore();
    expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual(contents.map((_, index) => index + 1));
    await observer.message('sent while away 19');
    expect(observer.contents).toEqual(contents);
    expect(ann.client.buffered).toBe(0);
  });

  it('arrive once when they are stored and their answers are lost', async () => {
    await roomOf('answers', 'bea');
    const observer = await observe('answers');
    const bea = await onNetwork('bea').connect();
    network.swallowAnswers();
    const first = bea.client.send('answers', 'answered to nobody', { id: 'm-1', metadata: { kept: true } });
    await observer.message('answered to nobody');
    network.cut();
    network.restore();
    expect(await first).toMatchObject({ id: 'm-1', seq: 1, metadata: { kept: true } });
    await bea.client.send('answers', 'after it');
    await observer.message('after it');
    expect(observer.contents).toEqual(['answered to nobody', 'after it']);
  });

  it('arrive once over many cuts and a crash of the server', async () => {
    await roomOf('storm', 'cleo');
    const observer = await observe('storm');
    const cleo = await onNetwork('cleo').connect();
    const contents = texts('in the storm', 200);
    const sent = contents.map((content) => cleo.client.send('storm', content));
    for (let cut = 1; cut <= 5; cut++) {
      await sent[cut * 10];
      network.cut();
      network.restore();
      await cleo.connected(cut + 1);
    }
    await server.kill();
    await server.start();
    await Promise.all(sent);
    await observer.message('in the storm 199');
    expect(observer.contents).toEqual(contents);
    expect(cleo.contents).toEqual(contents);
  });

  it('are refused with the code of the server', async () => {
    await roomOf('refused', 'dora');
    const { client } = await onNetwork('dora').connect();
    await expect(client.send('nowhere', 'x')).rejects.toMatchObject({ name: 'ChatClientError', code: 'ROOM_NOT_FOUND' });
    await expect(client.send('refused', '')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('are refused when their frame is too large, and those behind them are sent', async () => {
    await roomOf('large', 'eda');
    const { client } = await onNetwork('eda').connect();
    const large = client.send('large', 'x'.repeat(3_000));
    const small = client.send('large', 'small');
    await expect(large).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(await small).toMatchObject({ content: 'small', seq: 1 });
  });

  it('are refused when too many wait, when they wait for too long, and when the client is closed', async () => {
    const { client } = onNetwork('fay', { maxBufferedMessages: 2, maxBufferedLength: 200 });
    await expect(client.send('full', 'x'.repeat(200))).rejects.toMatchObject({ code: 'BUFFER_FULL' });
    await expect(client.send('full', 'late', { timeoutMs: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const waiting = [client.send('full', 'one'), client.send('full', 'two')];
    await expect(client.send('full', 'three')).rejects.toMatchObject({ code: 'BUFFER_FULL' });
    client.close();
    for (const sent of waiting) await expect(sent).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('notifications', () => {
  it('that come again after a cut are handed over once', async () => {
    await roomOf('again', 'gus');
    const gus = await onNetwork('gus').connect();
    await server.admin.publish('again', { content: 'first' });
    await gus.message('first');
    network.cut();
    network.restore();
    await gus.connected(2);
    await server.admin.publish('again', { content: 'second' });
    await gus.message('second');
    expect(gus.frames.filter(({ id }) => id === 'again:1').length).toBe(2);
    expect(gus.contents).toEqual(['first', 'second']);
    expect(gus.gaps).toEqual([]);
  });

  it('that were missed come when the server is back after a crash', async () => {
    await roomOf('crash', 'hal');
    const hal = await onNetwork('hal').connect();
    await server.kill();
    await server.start();
    for (const content of texts('after the crash', 10)) await server.admin.publish('crash', { content });
    await hal.message('after the crash 9');
    expect(hal.contents).toEqual(texts('after the crash', 10));
  });

  it('that fell out of the queue are told of, and are no gap', async () => {
    await roomOf('overflow', 'ida');
    const ida = await onNetwork('ida').connect();
    await server.admin.publish('overflow', { content: 'before' });
    await ida.message('before');
    await eventually('its acknowledgement', async () => (await server.admin.queue('ida')).body.size === 0);
    network.cut();
    await eventually('the cut to be seen', () => ida.client.state !== 'open');
    for (const content of texts('while away', QUEUE_MAX + 10)) await server.admin.publish('overflow', { content });
    network.restore();
    await ida.message(`while away ${QUEUE_MAX + 9}`);
    expect(ida.overflows).toMatchObject([{ dropped: 10, rooms: [{ room_id: 'overflow', from_seq: 2, to_seq: 11 }] }]);
    expect(ida.gaps).toEqual([]);
  });

  it('leave a gap where a member was added silently, which is told', async () => {
    await roomOf('silent', 'jim');
    const jim = await onNetwork('jim').connect();
    await server.admin.publish('silent', { content: 'one' });
    await server.admin.addMember('silent', 'kay', '?silent=true');
    await server.admin.publish('silent', { content: 'three' });
    await jim.message('three');
    expect(jim.gaps).toEqual([{ room: 'silent', after: 1, before: 3, missing: 1, reconnected: false }]);
  });

  it("of a backend's own types come too, in the client's own order", async () => {
    const len = await onNetwork('len').connect();
    await server.admin.notifyClient('len', 'order.shipped', { order: 7 });
    await eventually('it', () => len.notifications.length > 0);
    expect(len.notifications).toMatchObject([{ type: 'order.shipped', id: '@len:1', seq: 1, data: { order: 7 } }]);
  });
});

describe('a client whose listeners acknowledge', () => {
  it('acknowledges what they have handled, one after the other, and nothing else', async () => {
    await roomOf('handled', 'mia');
    const mia = onNetwork('mia', { acknowledge: 'client' });
    const handled: unknown[] = [];
    let release: () => void = () => undefined;
    mia.client.on('message', async ({ data }) => {
      if (data.content === 'kept') await new Promise<void>((resolve) => (release = resolve));
      handled.push(data.content);
    });
    await mia.connect();
    for (const content of ['done', 'kept', 'behind']) await server.admin.publish('handled', { content });
    await eventually('the first to be acknowledged', async () => (await server.admin.queue('mia')).body.size === 2);
    expect(handled).toEqual(['done']);
    release();
    await eventually('the rest', () => handled.length === 3);
    await mia.client.acknowledged();
    expect((await server.admin.queue('mia')).body.size).toBe(0);
  });

  it('gets what a listener failed on again, and what it has handled not again, even if its acknowledgement was lost', async () => {
    await roomOf('failing', 'ned');
    const ned = onNetwork('ned', { acknowledge: 'client' });
    const handled: string[] = [];
    let failures = 2;
    ned.client.on('message', ({ data }) => {
      if (data.content === 'hard' && failures-- > 0) throw new Error('not now');
      handled.push(data.content);
    });
    await ned.connect();
    network.swallowAnswers();
    for (const content of ['easy', 'hard', 'last']) await server.admin.publish('failing', { content });
    network.cut();
    network.restore();
    await eventually('all to be handled', () => handled.length === 3);
    await ned.client.acknowledged();
    expect(handled).toEqual(['easy', 'hard', 'last']);
    expect(ned.errors.map(({ code }) => code)).toEqual(['HANDLER_FAILED', 'HANDLER_FAILED']);
    expect((await server.admin.queue('ned')).body.size).toBe(0);
  });
});

describe('a connection', () => {
  it('is given up when there is no sign of life, and made again', async () => {
    await roomOf('half-open', 'oda');
    const oda = await onNetwork('oda', { heartbeatIntervalMs: 100, heartbeatTimeoutMs: 500 }).connect();
    network.swallow();
    await oda.connected(2);
    expect(oda.disconnections[0]).toMatchObject({ code: 4408 });
    await server.admin.publish('half-open', { content: 'reached' });
    await oda.message('reached');
  });

  it('that the server ends in order comes back when the server asks it to', async () => {
    const pia = await onNetwork('pia').connect();
    await server.restart();
    await pia.connected(2);
    expect(pia.frames.find(({ type }) => type === 'reconnect')).toMatchObject({ data: { reason: 'shutting down' } });
    expect(pia.disconnections[0]).toMatchObject({ code: 1001 });
  });

  it('comes back when a short ban is over, and not after a long one', async () => {
    const [short, long] = [await onNetwork('short').connect(), await onNetwork('long', { maxBanMs: 60_000 }).connect()];
    await server.admin.request('PUT', '/bans/short', { seconds: 1 });
    await server.admin.request('PUT', '/bans/long', { seconds: 3_600 });
    await eventually('the end of the banned', () => long.client.state === 'closed');
    await short.connected(2);
    expect(short.disconnections[0].code).toBe(4403);
    expect(long.errors.at(-1)).toMatchObject({ code: 'CLIENT_BANNED' });
    await expect(long.client.connect()).rejects.toMatchObject({ code: 'CLIENT_BANNED' });
  });

  it('keeps the status that the client has set', async () => {
    const quin = onNetwork('quin');
    quin.client.setPresence('away');
    await quin.connect();
    await eventually('its status', async () => (await server.admin.presence('quin')).body.status === 'away');
    quin.client.reconnect();
    await quin.connected(2);
    await eventually('its status again', async () => (await server.admin.presence('quin')).body.status === 'away');
  });

  it('gives up after the attempts that it may make', async () => {
    network.cut();
    const { client } = onNetwork('rob', { maxAttempts: 3 });
    await expect(client.connect()).rejects.toMatchObject({ code: 'GAVE_UP' });
    expect(client.state).toBe('closed');
  });
});
