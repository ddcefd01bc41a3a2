// The client library in Chromium, as it was built: its modules are loaded as they are, without a bundler.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { RecordingClient } from '../support/recording-client.js';
import { PROJECT_ROOT, ServerProcess } from '../support/server-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { signToken } from '../support/tokens.js';

const SCRIPT = `
  import { ChatClient } from '/client/index.js';
  const query = new URLSearchParams(location.search);
  globalThis.seen = { contents: [], ids: [], reasons: [], codes: [], connections: 0 };
  globalThis.client = new ChatClient({
    url: query.get('url'), firstDelayMs: 20, lastDelayMs: 200, heartbeatIntervalMs: 200, heartbeatTimeoutMs: 1000,
    token: async (reason) => { seen.reasons.push(reason); return (await fetch('/token?sub=' + query.get('sub') + '&n=' + seen.reasons.length + '&reason=' + reason)).text(); },
  });
  client.on('message', ({ data }) => seen.contents.push(data.content));
  client.on('frame', ({ id }) => { if (id !== undefined) seen.ids.push(id); });
  client.on('connected', () => seen.connections++);
  client.on('disconnected', ({ code }) => seen.codes.push(code));
  client.connect();
`;

interface Seen {
  contents: string[];
  ids: string[];
  reasons: string[];
  codes: number[];
  connections: number;
}

const server = new ServerProcess({ TOKEN_EXPIRING_SECONDS: '6', JWT_CLOCK_TOLERANCE_SECONDS: '0' });
const network = new TcpProxy(() => server.port);
/** The first token of the client `tokens` lives this long, in seconds; the server tells of its end `TOKEN_EXPIRING_SECONDS` before. */
const FIRST_LIFE_SECONDS = 8;
let firstEnds = Infinity;
/** `iat` has whole seconds: a token issued in the second of a revocation is revoked with those before it. */
const untilNextSecondMs = () => 1_001 - (Date.now() % 1_000);
const site = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/token') {
    const sub = url.searchParams.get('sub') ?? '';
    const isShort = sub === 'tokens' && url.searchParams.get('n') === '1';
    if (isShort) firstEnds = Math.floor(Date.now() / 1000) + FIRST_LIFE_SECONDS;
    const answer = () => response.end(signToken({ sub, ...(isShort && { exp: firstEnds }) }));
    if (url.searchParams.get('reason') === 'refused') setTimeout(answer, untilNextSecondMs());
    else answer();
  } else if (url.pathname.startsWith('/client/')) {
    response.setHeader('content-type', 'text/javascript');
    response.end(readFileSync(join(PROJECT_ROOT, 'dist', 'client', basename(url.pathname))));
  } else {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>library</title><script type="module">${SCRIPT}</script>`);
  }
});
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await server.start();
  await network.listen();
  site.listen(0, 'localhost');
  await once(site, 'listening');
  browser = await launchChromium();
});
afterEach(async () => {
  network.restore();
  await page.close();
});
afterAll(async () => {
  await browser?.close();
  site.close();
  await network.close();
  await server.destroy();
});

/** Opens a page whose client has connected. */
async function open(clientId: string): Promise<void> {
  page = await browser.newPage();
  const { port } = site.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/?sub=${clientId}&url=ws://127.0.0.1:${network.port}/ws`);
  await page.waitForFunction("globalThis.client?.state === 'open'");
}

const seen = (): Promise<Seen> => page.evaluate('seen');

async function message(content: string): Promise<void> {
  await page.waitForFunction(`seen.contents.includes(${JSON.stringify(content)})`);
}

it('sends what was written while away once, and receives what was missed once, over cuts and a crash of the server', async () => {
  await server.admin.createRoom({ id: 'room', members: ['page', 'observer'] });
  await open('page');
  const observer = await new RecordingClient(server, 'observer').connect();
  await server.admin.publish('room', { content: 'first' });
  await message('first');

  network.cut();
  await page.waitForFunction("client.state !== 'open'");
  await page.evaluate("void (globalThis.sent = Promise.all([1, 2, 3].map((n) => client.send('room', 'away ' + n))))");
  await server.admin.publish('room', { content: 'missed' });
  network.restore();
  await page.evaluate('sent');
  await message('missed');

  await observer.closeCleanly();
  await server.kill();
  await page.waitForFunction("client.state !== 'open'");
  await page.evaluate("void (globalThis.sent = client.send('room', 'through a crash'))");
  await server.start();
  await page.evaluate('sent');
  await observer.connect();
  await message('through a crash');
  await observer.next('the last message', ({ data }) => data.content === 'through a crash');

  const contents = ['first', 'missed', 'away 1', 'away 2', 'away 3', 'through a crash'];
  expect((await seen()).contents).toEqual(contents);
  const observed = new Map(observer.frames.filter(({ type }) => type === 'message').map(({ id, data }) => [id, data.content]));
  expect([...observed.values()]).toEqual(contents);
  await observer.closeCleanly();
});

it('gives up a connection on which nothing comes any more, and hands over once what comes again', async () => {
  await server.admin.createRoom({ id: 'half-open', members: ['sleeper'] });
  await open('sleeper');
  await server.admin.publish('half-open', { content: 'first' });
  await message('first');
  network.swallow();
  await page.waitForFunction('seen.connections === 2');
  await server.admin.publish('half-open', { content: 'second' });
  await message('second');
  expect(await seen()).toMatchObject({ contents: ['first', 'second'], codes: [4408] });
});

it('refreshes its token on the live connection, and asks for another one when it is refused', async () => {
  await server.admin.createRoom({ id: 'tokens', members: ['tokens'] });
  await open('tokens');
  await eventually('the first token to be over', () => Date.now() > (firstEnds + 1) * 1000);
  await server.admin.publish('tokens', { content: 'still there' });
  await message('still there');
  expect(await seen()).toMatchObject({ reasons: ['connect', 'expiring'], connections: 1 });

  await server.admin.request('POST', '/tokens/revoke', { client_id: 'tokens' });
  await page.waitForFunction('seen.connections === 2');
  expect(await seen()).toMatchObject({ codes: [4401], reasons: ['connect', 'expiring', 'refused'] });
});

it('puts its token into no address', async () => {
  page = await browser.newPage();
  const addresses: string[] = [];
  page.on('websocket', (socket) => addresses.push(socket.url()));
  const { port } = site.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/?sub=secret&url=ws://127.0.0.1:${network.port}/ws`);
  await page.waitForFunction("globalThis.client?.state === 'open'");
  expect(addresses).toEqual([`ws://127.0.0.1:${network.port}/ws`]);
});
