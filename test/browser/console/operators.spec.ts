// The operators' views in a real Chromium, and what they do to a real server.
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken, signToken } from '../../support/tokens.js';
import { useBrowser } from './console-browser.js';

const server = new ServerProcess();
const browser = useBrowser(server);

/** The row of a table that is about this. */
function row(page: Page, text: string): ReturnType<Page['locator']> {
  return page.locator('tbody tr', { hasText: text });
}

/** Confirms in the dialog that is open, and waits until it is done. */
async function confirm(page: Page, button: string, announced: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click();
  await page.locator('.announcement', { hasText: announced }).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
}

describe('signing in', () => {
  it('asks for a token of scope admin, says what is wrong with another one, and forgets it when asked to', async () => {
    const page = await browser.open(server.origin, { admin: '' });
    const give = async (token: string): Promise<void> => {
      await page.getByLabel('Admin token').fill(token);
      await page.getByRole('button', { name: 'Continue' }).click();
    };
    await give('not a token');
    await page.getByText('This is not a token').waitFor();
    await give(signToken({ sub: 'alice' }));
    await page.getByText('This token of alice does not have the scope admin.').waitFor();
    await give(signToken({ sub: 'late', scope: 'admin', exp: 1 }));
    await page.getByText('This token has expired.').waitFor();

    await give(adminToken());
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('tenant default').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).toBe('{}');
  });

  it('ends when the server does not accept the token', async () => {
    const page = await browser.open(server.origin, { admin: signToken({ sub: 'impostor', scope: 'admin' }, 'a secret of somebody else entirely') });
    await page.getByText('The server does not accept this token').waitFor();
    // Chromium tells of every answer that is an error.
    expect(browser.problems.splice(0).every((problem) => problem.includes('401'))).toBe(true);
  });

  it('lasts over a reload, in this tab', async () => {
    const page = await browser.open(server.origin, { hash: '#/rooms' });
    await page.reload();
    await page.getByRole('heading', { name: 'Rooms' }).waitFor();
    await page.getByRole('button', { name: 'Create a room' }).waitFor();
  });
});

describe('connections', () => {
  it('lists them, finds one, and closes it', async () => {
    const [phone, laptop] = await Promise.all(['phone', 'laptop'].map((device) => new RecordingClient(server, 'ann', { device }).connect()));
    const page = await browser.open(server.origin, { hash: '#/connections' });
    await row(page, 'laptop').waitFor();

    await page.getByRole('searchbox').fill('PHONE');
    await page.getByText('1 found').waitFor();
    expect(await row(page, 'laptop').count()).toBe(0);
    await row(page, 'phone').getByRole('button', { name: /^Close connection .+ of ann$/ }).click();
    await confirm(page, 'Close connection', 'The connection of ann is closed.');

    expect(await phone.ending()).toMatchObject({ code: 4001 });
    await page.getByText('Nothing found').waitFor();
    expect(laptop.isOpen).toBe(true);
    await laptop.closeCleanly();
  });

  it('bans the client of one, which is closed', async () => {
    const client = await new RecordingClient(server, 'rude').connect();
    const page = await browser.open(server.origin, { hash: '#/connections' });

    await row(page, 'rude').getByRole('button', { name: 'Ban rude' }).click();
    await page.getByLabel('Minutes').fill('5');
    await page.getByLabel('Reason').fill('Shouting');
    await confirm(page, 'Ban', 'rude is banned for 5 min.');

    expect(await client.ending()).toMatchObject({ code: 4403 });
    expect((await server.admin.request<{ items: unknown[] }>('GET', '/bans?prefix=rude')).body.items).toEqual([expect.objectContaining({ client_id: 'rude', reason: 'Shouting', banned_by: 'admin' })]);
  });
});

describe('bans', () => {
  it('bans a client that is not here, and lifts the ban', async () => {
    const page = await browser.open(server.origin, { hash: '#/bans' });
    await page.getByRole('button', { name: 'Ban a client' }).click();
    await page.getByLabel('Client', { exact: true }).fill('troll');
    await confirm(page, 'Ban', 'troll is banned for 1 h.');
    await row(page, 'troll').waitFor();

    await row(page, 'troll').getByRole('button', { name: 'Lift the ban of troll' }).click();
    await confirm(page, 'Lift the ban', 'troll may come back.');
    await row(page, 'troll').waitFor({ state: 'detached' });
    expect((await server.admin.request<{ items: unknown[] }>('GET', '/bans?prefix=troll')).body.items).toEqual([]);
  });

  it('shows in the dialog why a ban was refused', async () => {
    const page = await browser.open(server.origin, { hash: '#/bans' });
    await page.getByRole('button', { name: 'Ban a client' }).click();
    await page.getByLabel('Client', { exact: true }).fill('admin');
    await page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click();
    await page.getByRole('dialog').getByText('Nobody bans themselves').waitFor();
    expect(browser.problems.splice(0)).toEqual([expect.stringContaining('400')]);
  });
});

describe('rooms', () => {
  it('creates one with members, lets another one in and one out, and deletes it', async () => {
    const page = await browser.open(server.origin, { hash: '#/rooms' });
    await page.getByRole('button', { name: 'Create a room' }).click();
    await page.getByLabel('Id', { exact: true }).fill('made.here');
    await page.getByLabel('Name', { exact: true }).fill('Made here');
    await page.getByLabel('Members', { exact: true }).fill('ann, ben');
    await confirm(page, 'Create', 'The room is there.');

    await page.getByRole('link', { name: 'made.here' }).click();
    await page.getByRole('heading', { name: 'Made here' }).waitFor();
    await page.getByRole('button', { name: 'Add a member' }).click();
    await page.getByRole('dialog').getByLabel('Client', { exact: true }).fill('cat');
    await confirm(page, 'Add', 'cat is a member of made.here.');
    await page.getByRole('button', { name: 'Remove ann from the room' }).click();
    await confirm(page, 'Remove', 'ann is not a member of made.here any more.');
    await row(page, 'ann').waitFor({ state: 'detached' });
    const { body } = await server.admin.request<{ items: { client_id: string }[] }>('GET', '/rooms/made.here/members');
    expect(body.items.map(({ client_id: id }) => id)).toEqual(['ben', 'cat']);

    await page.getByRole('button', { name: 'Delete the room made.here' }).click();
    await confirm(page, 'Delete the room', 'The room made.here is deleted.');
    await page.getByRole('heading', { name: 'Rooms' }).waitFor();
    expect((await server.admin.room('made.here')).status).toBe(404);
  });

  it('shows how far a notification got with each member', async () => {
    await server.admin.createRoom({ id: 'receipts', members: ['here', 'gone'] });
    const client = await new RecordingClient(server, 'here').connect();
    await server.admin.publish('receipts', { content: 'Did you get this?', client_id: 'backend' });
    await client.acknowledged();
    const page = await browser.open(server.origin, { hash: '#/rooms/receipts' });

    await page.getByText('Receipts', { exact: true }).click();
    await page.locator('.receipts').getByText('delivered').waitFor();
    expect(await page.locator('.receipts tbody tr').allInnerTexts()).toEqual([expect.stringMatching(/gone\s+pending/), expect.stringMatching(/here\s+delivered/)]);
    await client.closeCleanly();
  });

  it('finds a room that is not on the first page', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `many-${String(index).padStart(3, '0')}`);
    for (const id of ids) await server.admin.createRoom({ id });
    const page = await browser.open(server.origin, { hash: '#/rooms' });
    await page.getByText('The first 100 rooms').waitFor();
    expect(await row(page, 'many-127').count()).toBe(0);

    await page.getByRole('searchbox').fill('many-127');
    await row(page, 'many-127').waitFor();
    await page.getByText('1 found').waitFor();

    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Load more' }).click();
    await row(page, 'many-127').waitFor();
  });

  it('says that there is no such room', async () => {
    const page = await browser.open(server.origin, { hash: '#/rooms/nowhere' });
    await page.getByText('No such room, or not yours to see.').waitFor();
    expect(browser.problems.splice(0).every((problem) => problem.includes('404'))).toBe(true);
  });
});

describe('one client', () => {
  it('shows its status, its queue by room, its receipts and its connections, and closes them all', async () => {
    await server.admin.createRoom({ id: 'desk', members: ['dora'] });
    await server.admin.publish('desk', { content: 'before', client_id: 'backend' });
    const page = await browser.open(server.origin, { hash: '#/clients' });
    await page.getByLabel('Client id').fill('dora');
    await page.getByRole('button', { name: 'Look' }).click();

    await page.getByText('never connected').waitFor();
    await row(page, 'desk').waitFor();
    expect(await row(page, 'desk').innerText()).toMatch(/desk\s+1/);
    await page.getByLabel('Room').fill('desk');
    await page.getByRole('button', { name: 'Ask' }).click();
    await row(page, 'before').getByText('pending').waitFor();

    const client = await new RecordingClient(server, 'dora', { device: 'tablet' }).connect();
    await row(page, 'tablet').waitFor();
    await page.getByRole('button', { name: 'Close all connections' }).click();
    await confirm(page, 'Close all', 'All connections of dora are closed.');
    expect(await client.ending()).toMatchObject({ code: 4001 });
  });
});
