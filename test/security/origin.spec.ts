// Cross-site WebSocket hijacking: a page connects only if its origin may, whatever the token that it has got hold of.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const GOOD = 'https://good.example';

/** The page that is right, and one of the same machine that is not: an origin has a port. */
const pages = [createServer(servePage), createServer(servePage)];
const [rightPage, foreignPage] = pages;

/** Empty counts as unset: pages of the host that is connected to. */
const sameHost = new ServerProcess({ ALLOWED_ORIGINS: '' });
const anybody = new ServerProcess({ ALLOWED_ORIGINS: '*' });
let listed: ServerProcess;

function servePage(_request: unknown, response: { setHeader(name: string, value: string): void; end(body: string): void }): void {
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><title>page</title>');
}

function originOf(page: (typeof pages)[number]): string {
  return `http://localhost:${(page.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  for (const page of pages) await once(page.listen(0, 'localhost'), 'listening');
  listed = new ServerProcess({ ALLOWED_ORIGINS: `${GOOD}, https://other.example:8443,${originOf(rightPage)}` });
  await Promise.all([sameHost, anybody, listed].map((server) => server.start()));
});

afterAll(async () => {
  for (const page of pages) page.close();
  await Promise.all([sameHost, anybody, listed].map((server) => server.destroy()));
});

/** How an upgrade of these origins is answered: with 101 when it is let through. The token is good. */
async function knock(server: ServerProcess, origins: string | readonly string[], host = '127.0.0.1'): Promise<number> {
  const client = new RawClient({ port: server.port, token: signToken({ sub: 'mallory' }), headers: { Host: host, Origin: origins } });
  await client.answered();
  const { status, frames } = client;
  if (status === 101) await client.close();
  else expect({ frames, outcome: (await client.ended()).outcome }).toEqual({ frames: [], outcome: `refused with ${status}` });
  return status;
}

/** The answers of many, by what was asked. */
async function knocks(server: ServerProcess, origins: readonly string[], host?: string): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const origin of origins) answers[origin] = await knock(server, origin, host);
  return answers;
}

function allAnswered(origins: readonly string[], status: number): Record<string, number> {
  return Object.fromEntries(origins.map((origin) => [origin, status]));
}

describe('a list of allowed origins', () => {
  const allowed = [GOOD, 'https://good.example:443', 'HTTPS://GOOD.EXAMPLE', 'https://other.example:8443'];
  const foreign = [
    'https://evil.example',
    // Those below have to be told apart from the right one.
    'https://good.example.evil.com',
    'https://evilgood.example',
    'https://sub.good.example',
    'https://good.example@evil.example',
    'https://evil.example@good.example',
    'https://user:password@good.example',
    'https://good.example:8443',
    'https://good.example:80',
    'https://other.example',
    'http://good.example',
    'wss://good.example',
    'good.example',
    '//good.example',
    'https:good.example',
    'https:///good.example',
    'https://good.example.',
    'https://good.example/',
    'https://good.example/path',
    'https://good.example?',
    'https://good.example#',
    'https://good.example\\',
    'https://good.example\\.evil.example',
    'https://good.example, https://evil.example',
    'https://evil.example, https://good.example',
    'https://good.example https://evil.example',
    'https://good.example\t.evil.example',
    // A parser of addresses makes the right host of these; a browser sends none of them.
    'https://go%6Fd.example',
    'https://good.example:',
    'https://good.example:0443',
    'null',
    'Null',
    'undefined',
    '*',
    'file://',
    'chrome-extension://good.example',
    'about:blank',
    'data:text/html,',
    '',
  ];

  it('lets those through', async () => {
    expect(await knocks(listed, allowed)).toEqual(allAnswered(allowed, 101));
  });

  it('refuses every other one with 403, before there is a WebSocket, although the token is good', async () => {
    expect(await knocks(listed, foreign)).toEqual(allAnswered(foreign, 403));
  });

  it('does not let the page of its own host through, unless it is on the list', async () => {
    expect(await knock(listed, listed.origin, `127.0.0.1:${listed.port}`)).toBe(403);
  });

  it('refuses several Origin headers, in whatever order', async () => {
    expect(await knock(listed, [GOOD, 'https://evil.example'])).toBe(403);
    expect(await knock(listed, ['https://evil.example', GOOD])).toBe(403);
    expect(await knock(listed, [GOOD, 'null'])).toBe(403);
    expect(await knock(listed, ['', GOOD])).toBe(403);
  });

  it('takes no other header for the origin', async () => {
    const headers = { Origin: 'https://evil.example', 'Sec-WebSocket-Origin': GOOD, Referer: `${GOOD}/`, 'X-Forwarded-Host': 'evil.example' };
    const client = await new RawClient({ port: listed.port, token: signToken({ sub: 'mallory' }), headers }).ended();
    expect(client.outcome).toBe('refused with 403');
  });

  it('lets through what names no origin, for it is no browser', async () => {
    expect(await knock(listed, [])).toBe(101);
  });

  it('answers 403 whatever the token is, so that it tells nothing of it', async () => {
    for (const token of ['no.good.token', undefined, signToken({ sub: 'mallory' })]) {
      const client = await new RawClient({ port: listed.port, ...(token !== undefined && { token }), headers: { Origin: 'null' } }).ended();
      expect([client.outcome, client.header('content-length'), client.frames.length]).toEqual(['refused with 403', '0', 0]);
    }
  });

  it('leaves nothing of those that were refused', async () => {
    const { body } = await listed.admin.request<{ items: unknown[] }>('GET', '/connections?client_id=mallory');
    expect(body.items).toEqual([]);
    expect(listed.isRunning).toBe(true);
  });
});

describe('without a list', () => {
  const host = 'chat.example:8000';

  it('pages of the host that is connected to are let through', async () => {
    const own = ['http://chat.example:8000', 'https://chat.example:8000', 'HTTP://Chat.Example:8000'];
    expect(await knocks(sameHost, own, host)).toEqual(allAnswered(own, 101));
    expect(await knocks(sameHost, own, host.toUpperCase())).toEqual(allAnswered(own, 101));
    expect(await knock(sameHost, 'https://chat.example', 'chat.example')).toBe(101);
    expect(await knock(sameHost, 'https://chat.example', 'chat.example:443')).toBe(101);
    expect(await knock(sameHost, [], host)).toBe(101);
  });

  it('pages of any other host are refused', async () => {
    const foreign = [
      'http://evil.example:8000',
      'http://chat.example',
      'http://chat.example:80',
      'http://chat.example:8001',
      'http://chat.example.evil.com:8000',
      'http://evilchat.example:8000',
      'http://sub.chat.example:8000',
      'http://chat.example:8000@evil.example',
      'http://evil.example@chat.example:8000',
      'http://chat.example.:8000',
      'chat.example:8000',
      'null',
      '',
    ];
    expect(await knocks(sameHost, foreign, host)).toEqual(allAnswered(foreign, 403));
  });

  it('a forwarded host does not count, nor a second Host header', async () => {
    const token = signToken({ sub: 'mallory' });
    const headers = { Host: host, Origin: 'http://evil.example', 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' };
    expect((await new RawClient({ port: sameHost.port, token, headers }).ended()).outcome).toBe('refused with 403');
    const twice = { Host: [host, 'evil.example'], Origin: 'http://evil.example' };
    expect((await new RawClient({ port: sameHost.port, token, headers: twice }).ended()).status).toBeGreaterThanOrEqual(400);
  });
});

describe('with *', () => {
  it('every origin is let through', async () => {
    const origins = ['https://evil.example', 'null', 'file://'];
    expect(await knocks(anybody, origins)).toEqual(allAnswered(origins, 101));
  });
});

describe('a page in a real browser', () => {
  /** Run in the page: connects with a good token, and says what came of it. */
  const connects = (url: string): string => `new Promise((resolve) => {
    const socket = new WebSocket(${JSON.stringify(url)}, ['chatapi.v1']);
    socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
    socket.onclose = ({ code }) => resolve(code);
  })`;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  /** What comes of connecting to each of these servers from the page of this address. */
  async function outcomes(address: string, ...servers: ServerProcess[]): Promise<unknown[]> {
    const page = await browser.newPage();
    await page.goto(address);
    const results: unknown[] = [];
    for (const server of servers) results.push(await page.evaluate(connects(urlOf(server))));
    await page.close();
    return results;
  }

  function urlOf(server: ServerProcess): string {
    return `${server.origin.replace('http', 'ws')}/ws?token=${signToken({ sub: 'victim' })}`;
  }

  it('connects from an allowed origin', async () => {
    expect(await outcomes(originOf(rightPage), listed)).toEqual(['connected']);
  });

  it('connects from the host itself where there is no list', async () => {
    expect(await outcomes(`${sameHost.origin}/livez`, sameHost)).toEqual(['connected']);
  });

  it('cannot connect from a foreign one', async () => {
    expect(await outcomes(originOf(foreignPage), listed, sameHost)).toEqual([1006, 1006]);
  });

  it('cannot connect from a sandboxed frame of an allowed one, whose origin is null', async () => {
    const page = await browser.newPage();
    await page.goto(originOf(rightPage));
    const frame = `<script>${connects(urlOf(listed))}.then((result) => parent.postMessage(result, '*'))</script>`;
    const result: unknown = await page.evaluate(`new Promise((resolve) => {
      addEventListener('message', ({ data }) => resolve(data));
      const frame = document.createElement('iframe');
      frame.sandbox = 'allow-scripts';
      frame.srcdoc = ${JSON.stringify(frame).replaceAll('</', '<\\/')};
      document.body.append(frame);
    })`);
    expect(result).toBe(1006);
    await page.close();
  });
});
