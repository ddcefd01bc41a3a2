// Chromium negotiates compression by itself, and understands the frames that everybody shares.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const server = new ServerProcess();
let browser: Browser;

beforeAll(async () => {
  await server.start();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await server.destroy();
});

it('a page receives compressed and plain notifications as they were published, and sends compressed messages', async () => {
  await server.admin.createRoom({ id: 'r', members: ['page'] });
  const page = await browser.newPage();
  await page.goto(`${server.origin}/console`);
  const contents = [300, 2_000, 40_000].map((bytes) => '€ the same again, '.repeat(bytes / 18));
  for (const content of contents) await server.admin.publish('r', { content });
  const [extensions, received] = await page.evaluate(
    ([url, own]) =>
      new Promise<[string, string[]]>((resolve) => {
        const socket = new WebSocket(url);
        const seen: string[] = [];
        socket.onmessage = ({ data }) => {
          seen.push((JSON.parse(data as string) as { data: { content: string } }).data.content);
          if (seen.length === 3) socket.send(JSON.stringify({ type: 'message', data: { room_id: 'r', content: own } }));
          if (seen.length === 4) resolve([socket.extensions, seen]);
        };
      }),
    [`${server.origin.replace('http', 'ws')}/ws?token=${signToken({ sub: 'page' })}`, contents[1]] as const,
  );
  expect(extensions).toMatch(/^permessage-deflate/);
  expect(received).toEqual([...contents, contents[1]]);
});
