// The page at /docs, in a real browser: what it shows, finds and links to; how it looks; what it keeps to itself.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../../support/openapi-judge.js';
import { ServerProcess } from '../../support/server-process.js';
import { axeViolations, keepScreenshot, type OpenOptions, overflowOf, useBrowser } from '../console/console-browser.js';

const server = new ServerProcess();
const browser = useBrowser(server);

async function open(options: OpenOptions = {}, hash = ''): Promise<Page> {
  const page = await browser.open(server.origin, { admin: '', path: `/docs${hash}`, ...options });
  await page.locator('article').first().waitFor();
  return page;
}

const ids = (page: Page): Promise<string[]> => page.locator('article').evaluateAll((articles) => articles.map((article) => (article as unknown as { id: string }).id));

describe('the page', () => {
  it('shows every operation, webhook and frame of the documents', async () => {
    const openApi = (await (await fetch(`${server.origin}/docs/openapi.json`)).json()) as OpenApiDocument;
    const asyncApi = (await (await fetch(`${server.origin}/docs/asyncapi.json`)).json()) as { components: { messages: object } };
    const operations = Object.values(openApi.paths).flatMap((byMethod) => Object.values(byMethod).map(({ operationId }) => operationId));
    const webhooks = Object.values(openApi.webhooks).map(({ post }) => post.operationId);
    const page = await open();
    expect((await ids(page)).sort()).toEqual([...operations, ...webhooks, ...Object.keys(asyncApi.components.messages)].sort());
    expect(await page.getByRole('status').textContent()).toBe(`${(await ids(page)).length} routes, webhooks and frames`);
  });

  it('shows of an operation its parameters, fields, errors and a request that works', async () => {
    const article = (await open()).locator('#roomsCreate');
    const text = (await article.textContent()) ?? '';
    for (const part of ['POST', '/api/v1/rooms', 'scope admin', 'members', 'There from the beginning', 'at most 1000 items', '409', 'ROOM_EXISTS']) expect(text).toContain(part);
    const curl = (await article.locator('pre').filter({ hasText: 'curl' }).textContent()) ?? '';
    const [, url = ''] = /'(http[^']+)'/.exec(curl) ?? [];
    const [, body = ''] = /-d '(.*)'$/s.exec(curl) ?? [];
    expect(url).toBe(`${server.origin}/api/v1/rooms`);
    expect((await server.admin.request('POST', '/rooms', JSON.parse(body) as object)).status).toBe(201);
  });

  it('shows of a webhook its headers, fields, an example and what comes of answers', async () => {
    const text = (await (await open({}, '#webhook.client.banned')).locator('[id="webhook.client.banned"]').textContent()) ?? '';
    for (const part of ['WEBHOOK_URLS', 'webhook-signature', 'banned_until', '"automatic": false', '2XX', '410', 'Tried again']) expect(text).toContain(part);
  });

  it('shows of a frame its fields and an example, and the codes', async () => {
    const page = await open();
    expect(await page.locator('[id="notification.room_update"]').textContent()).toContain('"event":"client_joined"');
    expect(await page.getByRole('table', { name: 'Close codes' }).textContent()).toContain('4408');
    expect(await page.getByRole('table', { name: 'Error codes' }).textContent()).toContain('QUEUE_OVERFLOW');
  });

  it('finds by any word, says how many, and lists only those', async () => {
    const page = await open();
    await page.getByLabel('Search routes, webhooks and frames').fill('ROOM_EXISTS');
    await page.getByRole('status').filter({ hasText: '1 found' }).waitFor();
    expect(await ids(page)).toEqual(['roomsCreate']);
    expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual(['Rooms', 'POST /rooms']);
    await page.getByLabel('Search routes, webhooks and frames').fill('no such thing');
    await page.getByText('Nothing found').waitFor();
  });

  it('has an address for each of them, also for who comes by it', async () => {
    const page = await open({}, '#messagesListReceipts');
    const isInView = (id: string): Promise<boolean> => page.evaluate<boolean>(`(({ top }) => top >= 0 && top < innerHeight)(document.getElementById('${id}').getBoundingClientRect())`);
    expect(await isInView('messagesListReceipts')).toBe(true);
    await page.locator('[id="control.token_expiring"] h3 a').click();
    expect(page.url()).toBe(`${server.origin}/docs#control.token_expiring`);
    expect(await isInView('control.token_expiring')).toBe(true);
  });
});

it.each([
  { looks: 'light', colorScheme: 'light' as const, width: 1280 },
  { looks: 'dark', colorScheme: 'dark' as const, width: 1280 },
  { looks: 'phone', colorScheme: 'light' as const, width: 390 },
])('has nothing that axe finds wrong, and fits, with everything unfolded: $looks ($width px)', async ({ looks, ...options }) => {
  const page = await open(options);
  // All of it is 60 windows high.
  await keepScreenshot(page, `docs-${looks}`, false);
  expect({ violations: await axeViolations(page), overflow: await overflowOf(page) }).toEqual({ violations: [], overflow: 0 });
  await page.getByLabel('Search routes, webhooks and frames').fill('ROOM_EXISTS');
  await page.getByRole('status').filter({ hasText: 'found' }).waitFor();
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  await keepScreenshot(page, `docs-unfolded-${looks}`);
  expect({ violations: await axeViolations(page), overflow: await overflowOf(page) }).toEqual({ violations: [], overflow: 0 });
}, 240_000);

describe('what is served', () => {
  it('is under the content security policy of the console', async () => {
    const [docs, console] = await Promise.all(['docs', 'console'].map((path) => fetch(`${server.origin}/${path}`)));
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const name of ['content-security-policy', 'content-type', 'x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy', 'cache-control']) {
      expect(docs.headers.get(name), name).toBe(console.headers.get(name));
    }
  });

  it('are files with a name of their own in each build, which may be kept; and nothing but those', async () => {
    const page = await (await fetch(`${server.origin}/docs`)).text();
    const [script] = /docs\/index-[\w-]+\.js/.exec(page) ?? [''];
    const response = await fetch(`${server.origin}/${script}`);
    expect([response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual(['text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
    for (const path of ['index.html', 'licenses.md', '..%2fdocuments%2fopenapi.json', '%2e%2e%2f%2e%2e%2fmain.js']) expect((await fetch(`${server.origin}/docs/${path}`)).status, path).toBe(404);
  });
});
