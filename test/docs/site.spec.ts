// The site of the documentation: it builds, holds every page, draws its diagrams, can be searched, and asks nobody else for anything.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sidebar } from '../../docs/.vitepress/sidebar.mjs';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { PROJECT_ROOT } from '../support/server-process.js';
import { codeBlocks, pages } from './markdown.js';

/** Where the site has a page. */
const address = (page: string): string => (page === 'README.md' ? '/' : `/${page.replace(/\.md$/, '.html')}`);

/** A busy machine takes its time to read Mermaid's 3 MB. */
const DRAWN_MS = 60_000;

/** Made from the sources when the site is built. */
const GENERATED = ['docs/api/server.md', 'docs/api/client.md'];

/** The file of a link of the sidebar. */
const file = (link: string): string => (link === '/' ? 'README.md' : `${link.slice(1)}.md`);

it('has every page in its sidebar, once, and no other', () => {
  const listed = sidebar.flatMap(({ items }) => items.map(({ link }) => file(link)));
  expect(listed.sort()).toEqual([...pages(), ...GENERATED].sort());
});

describe('the site that is built', () => {
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;
  let origin: string;
  /** What the page did that it should not. */
  const complaints: string[] = [];

  beforeAll(async () => {
    const npm = { cwd: PROJECT_ROOT, env: { PATH: process.env.PATH, HOME: process.env.HOME } };
    await promisify(execFile)('npm', ['run', '--silent', 'docs:build'], npm);
    const port = await freePort();
    origin = `http://localhost:${port}`;
    server = spawn(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'preview', 'docs', '--port', String(port)], { ...npm, stdio: 'ignore' });
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('request', (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(origin) && complaints.push(`asks for ${request.url()}`));
    page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()} for ${response.url()}`));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await eventually('the site to be served', () => fetch(origin).then(({ ok }) => ok, () => false), 30_000);
  }, 120_000);
  afterEach(() => complaints.splice(0));
  afterAll(async () => {
    await browser?.close();
    if (server?.kill()) await once(server, 'exit');
  });

  it.each([...pages(), ...GENERATED])('shows %s with its diagrams, without asking anybody else', async (path) => {
    await page.goto(`${origin}${address(path)}`);
    expect(await page.locator('h1').count()).toBe(1);
    const expected = codeBlocks(path).filter(({ language }) => language === 'mermaid').length;
    await eventually(`${expected} diagrams`, async () => (await page.locator('div.mermaid-diagram > svg').count()) === expected, DRAWN_MS);
    expect(await page.locator('.mermaid-diagram', { hasText: 'Syntax error' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('finds a setting by its name', async () => {
    await page.goto(origin);
    await page.locator('#local-search button').click();
    await page.locator('#localsearch-input').fill('QUEUE_MAX_PER_CLIENT');
    await page.locator('a.result[href*="/docs/settings"]').first().waitFor();
    expect(complaints).toEqual([]);
  });
});
