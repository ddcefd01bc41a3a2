// The overview in a real Chromium: its numbers are those of a real server, and follow it.
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { useBrowser } from './console-browser.js';

const server = new ServerProcess({ NODE_NAME: 'watched-server' });
const browser = useBrowser(server);

/** Resolves when a tile shows this. */
function tile(page: Page, name: string, text: RegExp): Promise<void> {
  return page.locator('.tile', { has: page.locator('dt', { hasText: new RegExp(`^${name} `) }) }).filter({ hasText: text }).first().waitFor();
}

/** Resolves when the legend of a plot has a number for a line. */
function legend(page: Page, plot: string, line: string, number: RegExp): Promise<void> {
  return page.getByRole('figure', { name: plot, exact: true }).locator('.legend > div', { hasText: line }).locator('dd', { hasText: number }).waitFor();
}

describe('the overview', () => {
  it('follows connections, notifications and latency of the server, which it names', async () => {
    await server.admin.createRoom({ id: 'followed', members: ['ann', 'bob'] });
    const page = await browser.open(server.origin);
    await page.getByText('healthy').waitFor();
    await tile(page, 'Connections', /0\s*all keep up/);
    await legend(page, 'Connections', 'open', /^0$/);

    const clients = await Promise.all(['ann', 'bob'].map((name) => new RecordingClient(server, name).connect()));
    await server.admin.publishAll(Array.from({ length: 400 }, (_, index) => ({ room_id: 'followed', content: `${index}` })));
    for (const client of clients) await client.acknowledged();

    await tile(page, 'Connections', /2\s*all keep up/);
    await tile(page, 'Published', /4\d\d in all/);
    await tile(page, 'Latency', /\d ms/);
    await legend(page, 'Connections', 'open', /^2$/);
    await page.locator('tbody tr', { hasText: 'watched-server' }).waitFor();
    expect(await page.locator('.plot canvas').count()).toBe(4);
    await Promise.all(clients.map((client) => client.closeCleanly()));
    await tile(page, 'Connections', /0\s*all keep up/);
  });

  it('stands still when it is asked to, and goes on with the newest', async () => {
    const page = await browser.open(server.origin);
    await tile(page, 'Connections', /0\s*all keep up/);
    await page.getByRole('button', { name: 'Pause' }).click();
    const client = await new RecordingClient(server, 'ann').connect();
    const answered = page.waitForResponse(async (response) => response.url().endsWith('/stats') && (await response.text()).includes('"open":1'));
    await answered;
    await tile(page, 'Connections', /0\s*all keep up/);
    await page.getByRole('button', { name: 'Go on' }).click();
    await tile(page, 'Connections', /1\s*all keep up/);
    await client.closeCleanly();
  });

  it('says that the server cannot be reached, and goes on when it is back', async () => {
    const page = await browser.open(server.origin);
    await tile(page, 'Connections', /0\s*all keep up/);
    await server.stop();
    await page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
    await page.getByText('unreachable').waitFor();
    await server.start();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByText('healthy', { exact: true }).waitFor();
    expect(browser.problems.splice(0).every((problem) => problem.includes('ERR_') || problem.includes('503'))).toBe(true);
  });
});
