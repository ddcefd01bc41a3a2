// Whether everybody can use it: by keyboard, with a screen reader, light and dark, on a phone. Pictures of every view are kept.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { eventually } from '../../support/eventually.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';
import { arrival, axeViolations, keepScreenshot, lineState, overflowOf, useBrowser } from './console-browser.js';

const VIEWS = ['overview', 'connections', 'rooms', 'room', 'clients', 'client', 'bans', 'playground'] as const;
type View = (typeof VIEWS)[number];

const HASHES: Readonly<Record<View, string>> = {
  overview: '#/',
  connections: '#/connections',
  rooms: '#/rooms',
  room: '#/rooms/lobby',
  clients: '#/clients',
  client: '#/clients/bob',
  bans: '#/bans',
  playground: '#/playground',
};

const server = new ServerProcess();
const browser = useBrowser(server);
const clients: RecordingClient[] = [];

beforeAll(async () => {
  await server.admin.createRoom({ id: 'lobby', name: 'Lobby', metadata: { floor: 1 }, members: ['alice', 'bob', 'carol'] });
  await server.admin.createRoom({ id: 'ops.alerts', name: 'Alerts', members: ['alice', 'bob'] });
  await server.admin.createRoom({ id: 'r'.repeat(128), name: 'A very long name '.repeat(15), members: ['alice'] });
  await server.admin.request('PUT', '/bans/mallory', { seconds: 3600, reason: 'Spam in the lobby' });
  for (const name of ['bob', 'carol']) clients.push(await new RecordingClient(server, name, { device: 'laptop' }).connect());
  for (const build of [1842, 1843, 1844]) await server.admin.publish('lobby', { content: `The build is green: https://ci.example.com/builds/${build}`, client_id: 'ci' });
});

afterAll(() => Promise.all(clients.map((client) => client.closeCleanly())));

/** Goes to a view, and shows what it has to show. */
async function goTo(page: Page, view: View): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(HASHES[view])}`);
  if (view === 'playground') await fillPlayground(page);
  if (view === 'room') await page.getByText('Receipts', { exact: true }).first().click();
  await page.locator('h1').waitFor();
  await eventually(`${view} to be loaded`, async () => (await page.locator('.loading').count()) === 0);
}

async function fillPlayground(page: Page): Promise<void> {
  await lineState(page, 'connected');
  await server.admin.notifyRoom('lobby', 'deploy.started', { version: '2.4.0', region: 'eu-west', commit: 'f'.repeat(200) });
  await page.locator('.entry[data-type="deploy.started"]').first().waitFor();
  await page.getByLabel('Stay away for').selectOption('2 min');
  await page.getByRole('button', { name: 'Cut the line' }).click();
  await lineState(page, 'the line was cut');
  await server.admin.publish('lobby', { content: 'You missed this', client_id: 'ci' });
  await page.getByRole('button', { name: 'Come back now' }).click();
  await arrival(page, 'You missed this');
  await page.getByLabel('Room').fill('no-such-room');
  await page.getByLabel('Content').fill('Is anybody there?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.entry[data-type="error"]').waitFor();
}

it.each([
  { looks: 'light', colorScheme: 'light' as const, width: 1280 },
  { looks: 'dark', colorScheme: 'dark' as const, width: 1280 },
  { looks: 'phone', colorScheme: 'light' as const, width: 390 },
])('has nothing that axe finds wrong, and fits, in any view: $looks ($width px)', async ({ looks, ...options }) => {
  const found: Record<string, unknown> = {};
  const look = async (page: Page, name: string): Promise<void> => {
    await keepScreenshot(page, `${name}-${looks}`);
    found[name] = { violations: await axeViolations(page), overflow: await overflowOf(page) };
  };

  await look(await browser.open(server.origin, { admin: '', ...options }), 'sign-in');
  const page = await browser.open(server.origin, { token: signToken({ sub: 'alice' }), ...options });
  for (const view of VIEWS) {
    await goTo(page, view);
    await look(page, view);
  }
  await goTo(page, 'bans');
  await page.getByRole('button', { name: 'Ban a client' }).click();
  await look(page, 'dialog');

  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, { violations: [], overflow: 0 }])));
  expect(Object.keys(found)).toHaveLength(VIEWS.length + 2);
}, 240_000);

describe('by keyboard', () => {
  it('skips the navigation, opens a dialog, keeps the focus in it, and gives it back', async () => {
    const page = await browser.open(server.origin, { hash: '#/bans' });
    await page.getByRole('button', { name: 'Ban a client' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Ban a client' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.type')).toBe('search');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press('Tab');
      // The browser's own controls are part of the round; what lies behind the dialog is not.
      expect(await page.evaluate('document.activeElement === document.body || document.activeElement.closest("dialog") !== null')).toBe(true);
    }
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Ban a client');
  });

  it('begins a view at its heading', async () => {
    const page = await browser.open(server.origin);
    await page.getByRole('link', { name: 'Rooms', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rooms' }).waitFor();
    await eventually('the heading to have the focus', async () => (await page.evaluate('document.activeElement.tagName + document.activeElement.textContent')) === 'H1Rooms');
  });

  it('explains a number at focus, until Escape', async () => {
    const page = await browser.open(server.origin, { hash: '#/clients/bob' });
    const mark = page.getByRole('button', { name: 'What is waiting?' });
    await mark.focus();
    const explanation = page.getByRole('tooltip', { name: '' }).filter({ hasText: 'has not acknowledged' });
    await explanation.waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    await explanation.waitFor({ state: 'hidden' });
  });
});

describe('the theme', () => {
  it('is the system’s until somebody chooses, and the choice is kept', async () => {
    const page = await browser.open(server.origin, { colorScheme: 'dark' });
    const shown = (): Promise<unknown> => page.evaluate('document.documentElement.dataset.theme');
    expect(await shown()).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually('the page to be light', async () => (await shown()) === 'light');
    await page.getByLabel('Theme').selectOption('Dark');
    expect(await shown()).toBe('dark');
    await page.reload();
    await page.locator('h1').waitFor();
    expect(await shown()).toBe('dark');
  });
});
