// The specification's example client, word for word, in a real Chromium: it gets everything, loses its connection, and misses nothing.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import type { FrameData } from '../support/frame.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { signToken } from '../support/tokens.js';

/** The port that the example names. */
const EXAMPLE_PORT = 8000;

/** What a user of the example writes: its four handlers, here noting what they are given, and the call that connects. */
const PAGE_SCRIPT = `
  const received = { message: [], room_update: [], client_status: [], error: [] };
  class RecordingChatWebSocket extends ChatWebSocket {
    handleMessage(data) { received.message.push(data); }
    handleRoomUpdate(data) { received.room_update.push(data); }
    handleClientStatus(data) { received.client_status.push(data); }
    handleError(data) { received.error.push(data); }
  }
  const client = new RecordingChatWebSocket(new URLSearchParams(location.search).get('token'));
  client.connect();
`;

const server = new ServerProcess();
const proxy = new TcpProxy(() => server.port);
const exampleClient = readFileSync(join(import.meta.dirname, '..', 'clients', 'specification-client.js'));
const pages = createServer((request, response) => {
  if (request.url === '/specification-client.js') {
    response.setHeader('content-type', 'text/javascript');
    response.end(exampleClient);
    return;
  }
  response.setHeader('content-type', 'text/html');
  response.end(`<!doctype html><title>example</title><script src="/specification-client.js"></script><script>${PAGE_SCRIPT}</script>`);
});
let browser: Browser;

/** Opens a page in which the example has connected. */
async function openPage(clientId: string): Promise<Page> {
  const page = await browser.newPage();
  if (proxy.port !== EXAMPLE_PORT) await page.addInitScript(redirectWebSockets(proxy.port));
  const { port } = pages.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/?token=${signToken({ sub: clientId })}`);
  await page.waitForFunction('client.ws.readyState === WebSocket.OPEN');
  return page;
}

/** Where another program has the example's port: the browser's own WebSocket, to another port. */
function redirectWebSockets(port: number): string {
  return `{
    const BrowserWebSocket = WebSocket;
    globalThis.WebSocket = class extends BrowserWebSocket {
      constructor(address) { super(address.replace(':${EXAMPLE_PORT}/', ':${port}/')); }
    };
  }`;
}

function received(page: Page): Promise<Record<string, FrameData[]>> {
  return page.evaluate('received');
}

beforeAll(async () => {
  await server.start();
  await proxy.listen(EXAMPLE_PORT).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return proxy.listen();
  });
  pages.listen(0, 'localhost');
  await once(pages, 'listening');
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  pages.close();
  await proxy.close();
  await server.destroy();
});

describe("the specification's example client in Chromium", () => {
  it('receives messages, room updates, statuses of clients, and errors', async () => {
    await server.admin.createRoom({ id: 'four-types', members: ['example'] });
    const page = await openPage('example');

    await server.admin.publish('four-types', { content: 'Hello, world!', client_id: 'backend' });
    await server.admin.addMember('four-types', 'friend');
    const friend = await new RecordingClient(server, 'friend').connect();
    await page.evaluate("client.ws.send('this is no JSON')");

    await page.waitForFunction('Object.values(received).every((list) => list.length > 0)');
    const { message, room_update, client_status, error } = await received(page);
    expect(message[0]).toMatchObject({ room_id: 'four-types', client_id: 'backend', content: 'Hello, world!' });
    expect(room_update[0]).toMatchObject({ room_id: 'four-types', event: 'client_joined', client_id: 'friend' });
    expect(client_status[0]).toMatchObject({ client_id: 'friend', status: 'online' });
    expect(error[0]).toMatchObject({ code: 'INVALID_FRAME' });
    await friend.closeCleanly();
    await page.close();
  });

  it('comes back by its own back-off after its connection is cut, and receives what it missed, in order, without a gap', async () => {
    await server.admin.createRoom({ id: 'comes-back', members: ['wanderer'] });
    const page = await openPage('wanderer');
    const contents = async (): Promise<string[]> => [...new Set((await received(page)).message.map(({ content }) => content ?? ''))];
    await server.admin.publish('comes-back', { content: 'before' });
    await eventually('the first message', async () => (await contents()).includes('before'));

    const connections = proxy.forwarded;
    proxy.cut();
    const missed = Array.from({ length: 50 }, (_, index) => `missed ${index}`);
    for (const content of missed) await server.admin.publish('comes-back', { content });
    proxy.restore();
    await eventually('it to come back', () => proxy.forwarded > connections);
    await server.admin.publish('comes-back', { content: 'after' });

    await eventually('the message after its return', async () => (await contents()).includes('after'));
    expect(await contents()).toEqual(['before', ...missed, 'after']);
    await page.close();
  });
});
