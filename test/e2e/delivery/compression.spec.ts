// permessage-deflate: one compressed frame for all who negotiated it, and plain frames for everybody else in the same room.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { type Frame, isOrdered } from '../../support/frame.js';
import { RawClient } from '../../support/raw-client.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const BROWSER_OFFER = 'permessage-deflate; client_max_window_bits';
const ANSWER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const THRESHOLD = 1024;
const server = new ServerProcess();
const uncompressed = new ServerProcess({ COMPRESSION_THRESHOLD_BYTES: '0' });

const clients: RawClient[] = [];

beforeAll(() => Promise.all([server.start(), uncompressed.start()]));
afterAll(() => {
  for (const client of clients) client.socket.destroy();
  return Promise.all([server.destroy(), uncompressed.destroy()]);
});

function raw(sub: string, offer: string | undefined, { to = server, scope }: { to?: ServerProcess; scope?: string } = {}): RawClient {
  const token = signToken({ sub, ...(scope !== undefined && { scope }) });
  const client = new RawClient({ port: to.port, token, headers: offer === undefined ? {} : { 'Sec-WebSocket-Extensions': offer } });
  clients.push(client);
  return client;
}

/** One who offers what browsers do, with its queue open. */
const browser = (sub: string, options: { to?: ServerProcess; scope?: string } = {}): Promise<RawClient> => raw(sub, BROWSER_OFFER, options).opened();

const contents = (client: { frames: Frame[] }): (string | undefined)[] => client.frames.filter(({ type }) => type === 'message').map(({ data }) => data.content);

async function received(client: RawClient, count: number): Promise<RawClient> {
  await client.until(`${count} messages`, () => contents(client).length >= count);
  return client;
}

/** Which of its messages came compressed. */
function compressedContents({ frames, compressed }: RawClient): (string | undefined)[] {
  return [...compressed.keys()].map((index) => frames[index]?.data.content);
}

const sentence = (bytes: number, start = ''): string => start.padEnd(bytes, 'The same again, and not quite the same. ');
const small = sentence(300, 'small ');
const large = sentence(2_000, 'large ');

describe('two who negotiated compression', () => {
  it('are given the same compressed bytes, and small notifications as they are, in order', async () => {
    await server.admin.createRoom({ id: 'pair', members: ['pair-1', 'pair-2'] });
    const both = await Promise.all([browser('pair-1'), browser('pair-2')]);
    for (const content of [small, large, small, sentence(60_000, 'huge ')]) await server.admin.publish('pair', { content });
    const [first, second] = await Promise.all(both.map((client) => received(client, 4)));
    expect(contents(first)).toEqual([small, large, small, sentence(60_000, 'huge ')]);
    expect(contents(second)).toEqual(contents(first));
    expect(compressedContents(first)).toEqual([large, sentence(60_000, 'huge ')]);
    expect([...first.compressed.values()]).toEqual([...second.compressed.values()]);
    const [ofLarge, ofHuge] = first.compressed.values();
    expect(ofLarge?.length).toBeLessThan(500);
    expect(ofHuge?.length).toBeLessThan(5_000);
  });
});

describe('the threshold', () => {
  it('is where the text of a notification begins to be compressed', async () => {
    await server.admin.createRoom({ id: 'edge', members: ['edge'] });
    const client = await browser('edge');
    const { body } = await server.admin.notifyRoom('edge', 'news', { text: '' });
    await client.until('its news', () => client.frames.some(({ seq }) => seq === body.seq));
    const overhead = JSON.stringify(client.frames.find(({ seq }) => seq === body.seq)).length;
    for (const bytes of [THRESHOLD - 1, THRESHOLD]) await server.admin.notifyRoom('edge', 'news', { text: 'x'.repeat(bytes - overhead) });
    await client.until('all news', () => client.frames.some(({ seq }) => seq === body.seq + 2));
    expect([...client.compressed.keys()].map((index) => client.frames[index]?.seq)).toEqual([body.seq + 2]);
  });
});

describe('an offer', () => {
  const window = `${ANSWER}; server_max_window_bits=15`;
  it.each([
    ['of browsers', BROWSER_OFFER, ANSWER],
    ['without parameters', 'permessage-deflate', ANSWER],
    ['of Go clients', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover', ANSWER],
    ['of a small window for what the client sends', 'permessage-deflate; client_max_window_bits=9', ANSWER],
    ['of the largest window', 'permessage-deflate; server_max_window_bits=15; client_max_window_bits=15', window],
    ['of a quoted window', 'permessage-deflate; server_max_window_bits="15"', window],
    ['beside extensions that nobody knows', 'x-webkit-deflate-frame, permessage-deflate, bbf-usp-protocol; eid="doc"', ANSWER],
    ['of a small window first, and then of any', 'permessage-deflate; server_max_window_bits=9, permessage-deflate', ANSWER],
    ['that cannot be kept to first, and then one that can', 'permessage-deflate; server_max_window_bits=16, permessage-deflate; no=1, permessage-deflate; server_max_window_bits=15', window],
  ])('%s is accepted', async (_name, offer, answer) => {
    const client = await raw('offers', offer).answered();
    expect([client.status, client.header('sec-websocket-extensions')]).toEqual([101, answer]);
  });

  it.each([
    ['of a smaller window than the shared bytes need', 'permessage-deflate; server_max_window_bits=14'],
    ['of the smallest window', 'permessage-deflate; server_max_window_bits=9; client_max_window_bits=9'],
    ['of a window without its size', 'permessage-deflate; server_max_window_bits'],
    ['of a window that there is not', 'permessage-deflate; client_max_window_bits=16'],
    ['of a window with a zero in front', 'permessage-deflate; client_max_window_bits=09'],
    ['of an unknown parameter', 'permessage-deflate; level=9'],
    ['of a parameter twice', 'permessage-deflate; client_no_context_takeover; client_no_context_takeover'],
    ['of a value where none belongs', 'permessage-deflate; server_no_context_takeover=true'],
    ['of another extension', 'permessage-bzip2'],
  ])('%s is declined, and the connection goes without (RFC 7692 §5.1)', async (_name, offer) => {
    const client = await raw('offers', offer).answered();
    expect([client.status, client.header('sec-websocket-extensions')]).toEqual([101, undefined]);
  });

  it.each(['permessage-deflate;', ', permessage-deflate', 'permessage-deflate; =9', 'permessage-deflate; a="'])(
    'that is not well-formed (%s) fails the handshake (RFC 6455 §9.1)',
    async (offer) => {
      expect((await raw('offers', offer).ended()).outcome).toBe('refused with 400');
    },
  );

  it('is not answered where COMPRESSION_THRESHOLD_BYTES is 0, and nothing is compressed', async () => {
    await uncompressed.admin.createRoom({ id: 'off', members: ['off'] });
    const client = await browser('off', { to: uncompressed });
    await uncompressed.admin.publish('off', { content: large });
    await received(client, 1);
    expect([client.header('sec-websocket-extensions'), client.compressed.size, contents(client)]).toEqual([undefined, 0, [large]]);
  });
});

describe('a room of all kinds of clients', () => {
  it('gives each of them everything, in order, whatever it negotiated', async () => {
    const offers = [
      undefined,
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      { clientMaxWindowBits: 9 },
      { serverMaxWindowBits: 9 },
      { threshold: 0 },
    ];
    const names = offers.map((_offer, i) => `kind-${i}`);
    await server.admin.createRoom({ id: 'mixed', members: [...names, 'plain', 'deflated'] });
    const libraries = await Promise.all(
      offers.map((offer, i) => new RecordingClient(server, names[i], offer === undefined ? {} : { compression: offer }).connect()),
    );
    expect(libraries.map(({ webSocket }) => webSocket.extensions)).toEqual(['', ...[1, 2].map(() => 'permessage-deflate'), '', 'permessage-deflate']);
    const [plain, deflated] = await Promise.all([raw('plain', undefined).opened(), browser('deflated')]);
    const published = Array.from({ length: 60 }, (_, i) => sentence(i % 3 === 0 ? 100 : 1_000 + 40 * i, `${i} `));
    await server.admin.publishAll(published.map((content) => ({ room_id: 'mixed', content })));
    for (const client of libraries) {
      await client.until('all messages', () => contents(client).length >= published.length);
      expect(contents(client)).toEqual(published);
    }
    expect([contents(await received(plain, 60)), plain.compressed.size]).toEqual([published, 0]);
    expect([contents(await received(deflated, 60)), compressedContents(deflated)]).toEqual([published, published.filter((_, i) => i % 3 !== 0)]);
  });

  it('shares the bytes with those whose token receives less', async () => {
    await server.admin.createRoom({ id: 'masks', members: ['all', 'masked-1', 'masked-2'] });
    const everyone = await Promise.all([browser('all'), ...['masked-1', 'masked-2'].map((sub) => browser(sub, { scope: 'receive:message' }))]);
    const items = Array.from({ length: 12 }, (_, i) => {
      const text = sentence(2_000, `${i} `);
      return i % 2 === 0 ? { room_id: 'masks', content: text } : { room_id: 'masks', type: 'news', data: { text } };
    });
    await server.admin.publishAll(items);
    for (const client of everyone) await received(client, 6);
    const [all, ...masked] = everyone;
    await all.until('all news', () => all.compressed.size === 12);
    const messages = [...all.compressed].filter(([index]) => all.frames[index]?.type === 'message').map(([, bytes]) => bytes);
    for (const client of masked) expect([...client.compressed.values()]).toEqual(messages);
  });
});

describe('a client that was away', () => {
  it.each([
    ['the store', false],
    ['memory', true],
  ])('catches up from %s with what is compressed, and without a gap', async (_name, somebodyStays) => {
    const room = `away-${somebodyStays}`;
    const members = [`${room}-1`, `${room}-2`, `${room}-3`];
    await server.admin.createRoom({ id: room, members });
    const [first, masked] = members;
    for (const sub of [first, masked]) await (await browser(sub)).close();
    const stays = somebodyStays ? await browser(members[2]) : undefined;
    const published = Array.from({ length: 600 }, (_, i) => sentence(i % 4 === 0 ? 50 : 2_000, `${i} `));
    await server.admin.publishAll(published.map((content) => ({ room_id: room, content })));
    if (stays !== undefined) await received(stays, 600);
    for (const client of [await browser(first), await browser(masked, { scope: 'receive:message' })]) {
      expect(contents(await received(client, 600))).toEqual(published);
      expect(compressedContents(client)).toEqual(published.filter((_, i) => i % 4 !== 0));
    }
  });

  it('has acknowledged what came compressed, by its pongs', async () => {
    await server.admin.createRoom({ id: 'pongs', members: ['pongs'] });
    const client = await browser('pongs');
    await server.admin.publishAll(Array.from({ length: 900 }, (_, i) => ({ room_id: 'pongs', content: sentence(8_000, `${i} `) })));
    await received(client, 900);
    expect(client.frames.filter(isOrdered).map(({ seq }) => seq)).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
    await eventually('an empty queue', async () => (await server.admin.queue('pongs')).body.size === 0);
    await client.cut();
    const again = await browser('pongs');
    await server.admin.publish('pongs', { content: large });
    expect(contents(await received(again, 1))).toEqual([large]);
  });
});

describe('control frames and errors', () => {
  it('are never compressed', async () => {
    const client = await browser('controls');
    client.send({ type: 'nothing like it'.repeat(200) });
    client.send({ type: 'ping', ref: 'r'.repeat(64) });
    await client.until('a pong', () => client.frames.some(({ type }) => type === 'pong'));
    expect([client.frames.map(({ type }) => type), client.compressed.size]).toEqual([['connected', 'error', 'pong'], 0]);
  });
});
