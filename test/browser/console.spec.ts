// The console in a real Chromium: somebody looks at one client's frames, cuts its line, and misses nothing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { PROJECT_ROOT, ServerProcess } from '../support/server-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { signToken } from '../support/tokens.js';

const REPORTS = join(PROJECT_ROOT, 'reports');

const server = new ServerProcess();
let browser: Browser;
/** What the browser's console showed of errors, and of violations of the content security policy among them. */
let problems: string[] = [];

beforeAll(async () => {
  mkdirSync(REPORTS, { recursive: true });
  await server.start();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server.destroy();
});

afterEach(() => {
  const seen = problems;
  problems = [];
  expect(seen).toEqual([]);
});

/** Opens the console with a client's token, as the quickstart's link does. */
async function openConsole(clientId: string, origin = server.origin): Promise<Page> {
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${origin}/console#token=${signToken({ sub: clientId })}`);
  await stateOf(page, 'connected');
  return page;
}

/** Resolves when the page shows this state. */
function stateOf(page: Page, text: string): Promise<void> {
  return page.getByRole('status').filter({ hasText: new RegExp(`^${text}`) }).waitFor();
}

/** The contents of the messages on the page, newest first. */
function messages(page: Page): Promise<string[]> {
  return page.locator('#feed > [data-type="message"] .content').allTextContents();
}

/** Resolves when a message with this content is on the page. */
function arrival(page: Page, content: string): Promise<void> {
  return page.locator('#feed > [data-type="message"] .content', { hasText: content }).first().waitFor();
}

describe('the console', () => {
  it('connects with the token of its link, which leaves the address, and shows a notification with its JSON', async () => {
    await server.admin.createRoom({ id: 'watched', members: ['watcher'] });
    const page = await openConsole('watcher');
    expect(page.url()).toBe(`${server.origin}/console`);

    await server.admin.publish('watched', { content: 'Hello, world!', client_id: 'backend' });

    await arrival(page, 'Hello, world!');
    const frame = page.locator('#feed > li').first();
    expect(await frame.locator('.frame-head').textContent()).toMatch(/^messagewatched#1/);
    expect(await frame.locator('.content').textContent()).toBe('backend Hello, world!');
    await frame.getByText('JSON').click();
    expect(JSON.parse((await frame.locator('pre').textContent()) ?? '')).toMatchObject({ type: 'message', seq: 1, data: { room_id: 'watched' } });
    await page.close();
  });

  it('shows markup in a message as text', async () => {
    await server.admin.createRoom({ id: 'markup', members: ['reader'] });
    const page = await openConsole('reader');
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>';

    await server.admin.publish('markup', { content: markup, client_id: 'backend' });

    await arrival(page, 'bold');
    expect(await messages(page)).toEqual([`backend ${markup}`]);
    expect(await page.locator('#feed img, #feed b').count()).toBe(0);
    await page.close();
  });

  it('comes back by itself after its line is cut, and shows what came meanwhile, in order and once', async () => {
    await server.admin.createRoom({ id: 'cut', members: ['wanderer'] });
    const page = await openConsole('wanderer');

    await page.getByRole('button', { name: 'Cut the line' }).click();
    await server.admin.publish('cut', { content: 'first', client_id: 'backend' });
    await server.admin.publish('cut', { content: 'second', client_id: 'backend' });

    await page.locator('#connections', { hasText: '2' }).waitFor();
    await arrival(page, 'second');
    expect(await messages(page)).toEqual(['backend second', 'backend first']);
    await page.close();
  });

  it('stays away while it is disconnected, and gets what was queued when it connects', async () => {
    await server.admin.createRoom({ id: 'away', members: ['traveller'] });
    const page = await openConsole('traveller');

    await page.getByRole('button', { name: 'Disconnect' }).click();
    await stateOf(page, 'not connected');
    for (const content of ['one', 'two', 'three']) await server.admin.publish('away', { content, client_id: 'backend' });
    expect(await messages(page)).toEqual([]);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();

    await arrival(page, 'three');
    expect(await messages(page)).toEqual(['backend three', 'backend two', 'backend one']);
    await page.close();
  });

  it('marks a notification that comes a second time', async () => {
    const settlesSlowly = new ServerProcess({ ACK_SETTLE_MS: '60000' });
    onTestFinished(() => settlesSlowly.destroy());
    await settlesSlowly.start();
    const line = await new TcpProxy(() => settlesSlowly.port).listen();
    onTestFinished(() => line.close());
    await settlesSlowly.admin.createRoom({ id: 'twice', members: ['doubter'] });
    const page = await openConsole('doubter', `http://127.0.0.1:${line.port}`);
    await settlesSlowly.admin.publish('twice', { content: 'again', client_id: 'backend' });
    await arrival(page, 'again');
    expect(await page.locator('.duplicate').count()).toBe(0);

    line.cut();
    line.restore();

    await page.locator('#feed > [data-type="message"] .duplicate').waitFor();
    expect(await messages(page)).toEqual(['backend again', 'backend again']);
    await page.close();
  });

  it('sends a message to a room, and shows its acknowledgement', async () => {
    await server.admin.createRoom({ id: 'spoken', members: ['speaker'] });
    const page = await openConsole('speaker');

    await page.getByLabel('Room').fill('spoken');
    await page.getByLabel('Content').fill('from the page');
    await page.getByRole('button', { name: 'Send' }).click();

    await arrival(page, 'from the page');
    await page.locator('#feed > [data-type="ack"]').waitFor();
    expect(await messages(page)).toEqual(['speaker from the page']);
    await page.close();
  });

  it('says so, and does not come back, when the token is not accepted', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/console#token=${signToken({ sub: 'stranger' }, 'a secret of somebody else entirely')}`);
    await stateOf(page, 'the token is not accepted');
    expect(await page.locator('#feed > [data-type="error"] .content').textContent()).toBe('CONNECTION_ERROR Authentication failed');
    expect(await page.getByRole('button', { name: 'Connect', exact: true }).isEnabled()).toBe(true);
    await page.close();
  });

  it.each([
    { name: 'console', colorScheme: 'light' as const, width: 1280 },
    { name: 'console-dark', colorScheme: 'dark' as const, width: 1280 },
    { name: 'console-phone', colorScheme: 'light' as const, width: 390 },
  ])('fits a window of $width px in its $colorScheme colours', async ({ name, colorScheme, width }) => {
    await server.admin.createRoom({ id: name, members: [name] });
    const page = await openConsole(name);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 860 });
    await server.admin.publish(name, { content: 'The build is green: https://ci.example.com/builds/1842', client_id: 'ci' });
    await server.admin.addMember(name, 'bob');
    await server.admin.updateRoom(name, { name: 'Releases' });
    await server.admin.notifyRoom(name, 'deploy.started', { version: '2.4.0', region: 'eu-west', commit: 'f'.repeat(200) });
    await page.getByLabel('Room').fill('no-such-room');
    await page.getByLabel('Content').fill('Is anybody there?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#feed > [data-type="error"]').waitFor();
    await page.locator('#feed > [data-type="deploy.started"] summary').click();

    await page.screenshot({ path: join(REPORTS, `${name}.png`), fullPage: true });
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    await page.close();
  });
});
