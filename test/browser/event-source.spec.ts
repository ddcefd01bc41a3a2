// A plain EventSource in Chromium, on a page of another origin: it comes back by itself, through crashes and shutdowns, and goes on where it was.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

/** All that a page needs. */
const SCRIPT = `
  const stream = new EventSource(new URLSearchParams(location.search).get('url'));
  globalThis.seen = { contents: [], ids: [], lastEventId: '', errors: [], opened: 0 };
  stream.onopen = () => seen.opened++;
  stream.onmessage = (event) => {
    const { type, id, data } = JSON.parse(event.data);
    if (type === 'error') return seen.errors.push(data.code);
    if (type !== 'message') return;
    seen.contents.push(data.content);
    seen.ids.push(id);
    seen.lastEventId = event.lastEventId;
  };
  globalThis.state = () => stream.readyState;
  globalThis.acknowledge = async (url, token, body) =>
    (await fetch(url, { method: 'POST', headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' }, body: JSON.stringify(body) })).status;
`;

interface Seen {
  contents: string[];
  ids: string[];
  lastEventId: string;
  errors: string[];
  opened: number;
}

interface PageGlobals {
  seen: Seen;
  state(): number;
  acknowledge(url: string, token: string, body: object): Promise<number>;
}

const site = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end(`<!doctype html><title>events</title><script type="module">${SCRIPT}</script>`);
});
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  site.listen(0, 'localhost');
  await once(site, 'listening');
  server = await new ServerProcess({ SSE_RETRY_MS: '200', SHUTDOWN_DRAIN_SECONDS: '0', JWT_CLOCK_TOLERANCE_SECONDS: '0', ALLOWED_ORIGINS: siteOrigin() }).start();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  site.close();
  await server.destroy();
});

function siteOrigin(): string {
  return `http://localhost:${(site.address() as AddressInfo).port}`;
}

async function openPage(token: string, path = siteOrigin()): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${path}/?url=${encodeURIComponent(`${server.origin}/sse?token=${token}`)}`);
  return page;
}

const seenBy = (page: Page): Promise<Seen> => page.evaluate(() => (globalThis as unknown as PageGlobals).seen);
const stateOf = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as PageGlobals).state());

async function publish(room: string, contents: string[]): Promise<void> {
  const { status, body } = await server.admin.publishAll(contents.map((content) => ({ room_id: room, content })));
  expect(status, JSON.stringify(body)).toBe(200);
}

it('comes back after a crash and after a shutdown, and gets everything once, in order', async () => {
  for (const id of ['news', 'sport']) await server.admin.createRoom({ id, members: ['reader'] });
  const page = await openPage(signToken({ sub: 'reader' }));
  const published: string[] = [];
  const publishIn = async (room: string): Promise<void> => {
    const contents = Array.from({ length: 20 }, (_, i) => `${room} ${published.length + i}`);
    published.push(...contents);
    await publish(room, contents);
  };
  const all = (): Promise<boolean> => seenBy(page).then(({ contents }) => contents.length >= published.length);
  for (const end of ['kill', 'stop', 'kill'] as const) {
    await publishIn('news');
    await publishIn('sport');
    await eventually('everything', all);
    await server[end]();
    await server.start();
    // Before it has come back, as a rule.
    await publishIn('news');
    await eventually('what came meanwhile', all, 30_000);
  }
  const { contents, ids, opened } = await seenBy(page);
  const of = (room: string, list: string[]): string[] => list.filter((content) => content.startsWith(room));
  expect(of('news', contents)).toEqual(of('news', published));
  expect(of('sport', contents)).toEqual(of('sport', published));
  expect(new Set(ids).size).toBe(ids.length);
  expect(opened).toBe(4);
  await page.close();
});

it('acknowledges with fetch, from a page of another origin', async () => {
  await server.admin.createRoom({ id: 'acked', members: ['acker'] });
  const token = signToken({ sub: 'acker' });
  const page = await openPage(token);
  await publish('acked', ['one', 'two']);
  await eventually('both', async () => (await seenBy(page)).contents.length === 2);
  expect((await seenBy(page)).lastEventId).toBe('acked:2');
  const [url, body] = [`${server.origin}/api/v1/clients/acker/acknowledgements`, { room_id: 'acked', seq: 2 }];
  const status = await page.evaluate(([where, bearer, what]) => (globalThis as unknown as PageGlobals).acknowledge(where, bearer, what), [url, token, body] as const);
  expect(status).toBe(204);
  expect((await server.admin.queue('acker')).body.size).toBe(0);
  await page.close();
});

it('stops for good when its token has expired, and has been told so', async () => {
  const page = await openPage(signToken({ sub: 'guest', exp: Math.ceil(Date.now() / 1000) + 3 }));
  await eventually('its end', async () => (await stateOf(page)) === 2);
  expect(await seenBy(page)).toMatchObject({ errors: ['CONNECTION_ERROR'], opened: 1 });
  await page.close();
});

it('gets nothing on a page whose origin is not allowed', async () => {
  const page = await openPage(signToken({ sub: 'guest' }), siteOrigin().replace('localhost', 'other.localhost'));
  await eventually('its end', async () => (await stateOf(page)) === 2);
  expect((await seenBy(page)).opened).toBe(0);
  await page.close();
});
