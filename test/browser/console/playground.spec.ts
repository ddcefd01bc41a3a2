// The playground in a real Chromium: somebody looks at one client's frames, cuts its line, and misses nothing.
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { ServerProcess } from '../../support/server-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { signToken } from '../../support/tokens.js';
import { arrival, lineState, messages, useBrowser } from './console-browser.js';
import type { Page } from 'playwright-core';

const server = new ServerProcess();
const browser = useBrowser(server);

/** Opens the console as the quickstart's link does, without the operator's token. */
async function openPlayground(clientId: string, origin = server.origin): Promise<Page> {
  const page = await browser.open(origin, { admin: '', token: signToken({ sub: clientId }) });
  await lineState(page, 'connected');
  return page;
}

/** The value of a counter of the feed, once it is that. */
function counter(page: Page, name: string, value: string): Promise<void> {
  return page.locator('.counters > div', { hasText: name }).locator('dd', { hasText: new RegExp(`^${value}$`) }).waitFor();
}

describe('the playground', () => {
  it('connects with the token of its link, which leaves the address, and shows a notification with its JSON', async () => {
    await server.admin.createRoom({ id: 'watched', members: ['watcher'] });
    const page = await openPlayground('watcher');
    expect(page.url()).toBe(`${server.origin}/console#/playground`);

    await server.admin.publish('watched', { content: 'Hello, world!', client_id: 'backend' });

    await arrival(page, 'Hello, world!');
    const frame = page.locator('.entry').first();
    expect(await frame.locator('.frame-head').textContent()).toMatch(/^messagewatched#1\d\d:\d\d:\d\d$/);
    expect(await frame.locator('.frame-content').textContent()).toBe('backend Hello, world!');
    await frame.getByText('JSON').click();
    expect(JSON.parse((await frame.locator('pre').textContent()) ?? '')).toMatchObject({ type: 'message', seq: 1, data: { room_id: 'watched' } });
  });

  it('comes back after its line was cut, and shows what came meanwhile, in order and once, and what that was', async () => {
    await server.admin.createRoom({ id: 'cut', members: ['wanderer'] });
    const page = await openPlayground('wanderer');

    await page.getByLabel('Stay away for').selectOption('2 min');
    await page.getByRole('button', { name: 'Cut the line' }).click();
    await lineState(page, 'the line was cut');
    await server.admin.publish('cut', { content: 'first', client_id: 'backend' });
    await server.admin.publish('cut', { content: 'second', client_id: 'backend' });
    expect(await messages(page)).toEqual([]);
    await page.getByRole('button', { name: 'Come back now' }).click();

    await arrival(page, 'second');
    expect(await messages(page)).toEqual(['backend second', 'backend first']);
    await page.getByText('nothing lost').waitFor();
    expect(await page.locator('.facts', { hasText: 'Missed meanwhile' }).innerText()).toMatch(/Missed meanwhile\s+2\s+Of those, came\s+2\s+Of those, twice\s+0/);
    expect(await page.locator('.feed-mark').allTextContents()).toEqual([
      expect.stringMatching(/^Back after .+: 2 notifications waited/),
      expect.stringMatching(/^The line was cut/),
    ]);
  });

  it('stays away while it is disconnected, and gets what was queued when it connects', async () => {
    await server.admin.createRoom({ id: 'away', members: ['traveller'] });
    const page = await openPlayground('traveller');

    await page.getByRole('button', { name: 'Disconnect' }).click();
    await lineState(page, 'not connected');
    for (const content of ['one', 'two', 'three']) await server.admin.publish('away', { content, client_id: 'backend' });
    expect(await messages(page)).toEqual([]);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();

    await arrival(page, 'three');
    expect(await messages(page)).toEqual(['backend three', 'backend two', 'backend one']);
  });

  it('marks a notification that comes a second time', async () => {
    const settlesSlowly = new ServerProcess({ ACK_SETTLE_MS: '60000' });
    onTestFinished(() => settlesSlowly.destroy());
    await settlesSlowly.start();
    const line = await new TcpProxy(() => settlesSlowly.port).listen();
    onTestFinished(() => line.close());
    await settlesSlowly.admin.createRoom({ id: 'twice', members: ['doubter'] });
    const page = await openPlayground('doubter', `http://127.0.0.1:${line.port}`);
    await settlesSlowly.admin.publish('twice', { content: 'again', client_id: 'backend' });
    await arrival(page, 'again');
    await counter(page, 'Duplicates', '0');

    line.cut();
    line.restore();

    await page.locator('.entry[data-type="message"]', { hasText: 'duplicate' }).waitFor();
    expect(await messages(page)).toEqual(['backend again', 'backend again']);
    await counter(page, 'Duplicates', '1');
  });

  it('shows how each notification came here, and that one was replayed', async () => {
    await server.admin.createRoom({ id: 'traced', members: ['debugger'] });
    await server.admin.publish('traced', { content: 'before', client_id: 'backend' });
    const page = await openPlayground('debugger');
    await arrival(page, 'before');
    await server.admin.publish('traced', { content: 'live', client_id: 'backend' });
    await arrival(page, 'live');

    const [live, before] = await page.locator('.entry[data-type="message"] .debug').allInnerTexts();
    expect(before).toMatch(/^replayed\s.*latency\s+\d+ ms\s.*attempt\s+1\s/s);
    expect(live).toMatch(/^latency\s+\d+ ms\s.*queue\s+\d+\s/s);
  });

  it('acknowledges by hand, and what was not acknowledged comes again', async () => {
    await server.admin.createRoom({ id: 'by.hand', members: ['signer'] });
    const page = await browser.open(server.origin, { admin: '' });
    await page.getByRole('link', { name: 'Playground', exact: true }).click();
    await page.getByLabel('Token').fill(signToken({ sub: 'signer' }));
    await page.getByLabel('Acknowledge by hand').check();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await lineState(page, 'connected');
    for (const content of ['one', 'two']) await server.admin.publish('by.hand', { content, client_id: 'backend' });
    await arrival(page, 'two');

    await page.getByRole('button', { name: 'Acknowledge by.hand up to 1' }).click();
    await page.locator('.entry[data-type="ack"]').waitFor();
    await page.getByLabel('Stay away for').selectOption('no time');
    await page.getByRole('button', { name: 'Cut the line' }).click();

    await page.locator('.entry', { hasText: 'duplicate' }).waitFor();
    expect(await messages(page)).toEqual(['backend two', 'backend two', 'backend one']);
    expect((await server.admin.queue('signer')).body).toMatchObject({ size: 1 });
  });

  it('sends a message to a room, and shows what it sent and how that was answered', async () => {
    await server.admin.createRoom({ id: 'spoken', members: ['speaker'] });
    const page = await openPlayground('speaker');

    await page.getByLabel('Room').fill('spoken');
    await page.getByLabel('Content').fill('from the page');
    await page.getByRole('button', { name: 'Send', exact: true }).click();

    await arrival(page, 'from the page');
    await page.locator('.entry[data-type="ack"]').waitFor();
    expect(await messages(page)).toEqual(['speaker from the page']);
    expect(JSON.parse((await page.locator('.entry-sent .frame-content').textContent()) ?? '')).toMatchObject({ type: 'message', data: { room_id: 'spoken', content: 'from the page' } });
  });

  it('sends any frame as it is', async () => {
    const page = await openPlayground('tinkerer');
    await page.getByText('Send any frame').click();
    await page.getByLabel('Frame', { exact: true }).fill('{"type":"ping"}');
    await page.getByRole('button', { name: 'Send as it is' }).click();
    await page.locator('.entry[data-type="pong"]').waitFor();
    await page.getByLabel('Frame', { exact: true }).fill('no frame');
    await page.getByRole('button', { name: 'Send as it is' }).click();
    await page.locator('.entry[data-type="error"]', { hasText: 'INVALID_FRAME' }).waitFor();
  });

  it('says whether the client is looking', async () => {
    const page = await openPlayground('dozer');
    await page.getByRole('button', { name: 'Say away' }).click();
    await page.locator('.entry[data-type="ack"]').waitFor();
    await eventually('it to be away', async () => (await server.admin.presence('dozer')).body.status === 'away');
  });

  it('holds still for reading, and goes on with everything', async () => {
    await server.admin.createRoom({ id: 'held', members: ['holder'] });
    const page = await openPlayground('holder');
    await page.locator('.entry[data-type="connected"]').waitFor();

    await page.getByRole('button', { name: 'Hold' }).click();
    await server.admin.publish('held', { content: 'meanwhile', client_id: 'backend' });
    await counter(page, 'Notifications', '1');
    expect(await messages(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on' }).click();

    await arrival(page, 'meanwhile');
  });

  it('says so, and does not come back, when the token is not accepted', async () => {
    const page = await browser.open(server.origin, { admin: '', token: signToken({ sub: 'stranger' }, 'a secret of somebody else entirely') });
    await lineState(page, 'the token is not accepted');
    expect(await page.locator('.entry[data-type="error"] .frame-content').textContent()).toBe('CONNECTION_ERROR Authentication failed');
    expect(await page.getByRole('button', { name: 'Connect', exact: true }).isEnabled()).toBe(true);
  });
});
