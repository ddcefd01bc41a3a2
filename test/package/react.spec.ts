// The React example with the packed package, built and used in Chromium against a real server.
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api } from '../support/api.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';
import { PackedExample } from './packed-example.js';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

const server = new ServerProcess();
let example: PackedExample;
let site: Server;
let browser: Browser;
let page: Page;
let admin: Api;
/** What the page should not do. */
const complaints: string[] = [];

/** The backend of the page: its files, and a token for whoever is there. */
function serve(directory: string): Server {
  return createServer(({ url = '/' }, response) => {
    if (url === '/chat-settings') return response.end(JSON.stringify({ url: `${server.origin.replace('http', 'ws')}/ws` }));
    if (url === '/chat-token') return response.end(signToken({ sub: 'alice' }));
    const path = url === '/' ? '/index.html' : url;
    response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain');
    return createReadStream(join(directory, path)).on('error', () => response.writeHead(404).end()).pipe(response);
  });
}

const connections = async (): Promise<number> => (await admin.request<{ items: unknown[] }>('GET', '/connections?client_id=alice')).body.items.length;
const lines = (): Promise<string[]> => page.locator('ol > li').allTextContents();

beforeAll(async () => {
  example = await PackedExample.install('examples/react');
  await server.start();
  admin = new Api(server.origin, adminToken());
  for (const id of ['lobby', 'kitchen']) await admin.createRoom({ id, members: ['alice', 'bob'] });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
  await server.destroy();
  await example.remove();
});

it('compiles against the packed declarations, and is built by Vite', async () => {
  expect(await example.node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')).toEqual({ code: 0, output: '' });
  const built = await example.node('node_modules/vite/bin/vite.js', 'build', '--target', 'es2023');
  expect(built.output).toContain('built in');
  expect(built.code).toBe(0);
});

it('has one connection, though StrictMode mounts everything twice', async () => {
  site = serve(join(example.directory, 'dist')).listen(0);
  browser = await launchChromium();
  page = await browser.newPage();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`);
  await page.getByRole('status').getByText('open').waitFor();
  await eventually('one connection', async () => (await connections()) === 1);
});

it('shows what is published, once and in order', async () => {
  for (const content of ['one', 'two', 'three']) await admin.publish('lobby', { content, client_id: 'bob' });
  await eventually('three messages', async () => (await lines()).length === 3);
  expect(await lines()).toEqual(['bob: one', 'bob: two', 'bob: three']);
});

it('sends, and shows what it has sent', async () => {
  await page.getByRole('textbox').fill('hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await eventually('its own message', async () => (await lines()).includes('alice: hello'));
  expect(await page.getByRole('alert').count()).toBe(0);
});

it('has in another room what came before that was shown', async () => {
  await admin.publish('kitchen', { content: 'soup', client_id: 'bob' });
  await admin.publish('lobby', { content: 'behind the soup', client_id: 'bob' });
  await eventually('what came after it', async () => (await lines()).includes('bob: behind the soup'));
  await page.getByRole('button', { name: 'kitchen' }).click();
  await eventually('the other room', async () => (await lines()).join() === 'bob: soup');
  await page.getByRole('button', { name: 'lobby' }).click();
});

it('comes back after the server was killed, with what was missed, and sends what it was given meanwhile', async () => {
  expect(complaints).toEqual([]);
  await server.kill();
  await page.getByRole('status').filter({ hasNotText: 'open' }).waitFor();
  await page.getByRole('textbox').fill('from away');
  await page.getByRole('button', { name: 'Send' }).click();
  await server.start();
  await admin.publish('lobby', { content: 'missed', client_id: 'bob' });
  await page.getByRole('status').getByText('open').waitFor();
  await eventually('both messages', async () => (await lines()).filter((line) => line === 'alice: from away' || line === 'bob: missed').length === 2);
  expect(new Set(await lines()).size).toBe((await lines()).length);
});
