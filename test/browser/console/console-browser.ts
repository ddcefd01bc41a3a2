// A Chromium with the console in it, as an operator or a client has it open, and whatever the browser complains about.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../../support/chromium.js';
import { PROJECT_ROOT, type ServerProcess } from '../../support/server-process.js';
import { adminToken } from '../../support/tokens.js';

/** Kept by continuous integration. */
const SCREENSHOTS = join(PROJECT_ROOT, 'reports', 'screenshots');

/** WCAG 2.2, levels A and AA, and what axe advises beyond them. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How a page is opened. */
export interface OpenOptions {
  /** Signs in; undefined to have no operator's token. */
  admin?: string | undefined;
  /** Connects the playground. */
  token?: string;
  /** Such as `#/rooms/lobby`; the view that the tokens lead to when absent. */
  hash?: string;
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  /** The page. @defaultValue /console */
  path?: string;
}

export class ConsoleBrowser {
  /** What the consoles of its pages showed of errors and warnings: violations of the content security policy are among them. */
  readonly problems: string[] = [];
  /** Where its pages sent requests that left the server. */
  readonly foreignRequests: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private browser: Browser | undefined;

  async launch(): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    this.browser = await launchChromium();
  }

  /** Opens the console in a profile of its own. */
  async open(origin: string, { admin = adminToken(), token, hash, width = 1280, height = 860, colorScheme = 'light', path = '/console' }: OpenOptions = {}): Promise<Page> {
    if (this.browser === undefined) throw new Error('The browser was not launched');
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url()).host !== new URL(origin).host) this.foreignRequests.push(request.url());
    });
    const tokens = [...(token === undefined ? [] : [`token=${token}`]), ...(admin === '' ? [] : [`admin=${admin}`])];
    await page.goto(`${origin}${path}${tokens.length === 0 ? '' : `#${tokens.join('&')}`}`);
    await page.locator('h1').waitFor();
    if (hash !== undefined) await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    return page;
  }

  /** Closes the pages that are open; what they complained about is returned, and forgotten. */
  async closePages(): Promise<string[]> {
    for (const context of this.contexts.splice(0)) await context.close();
    return this.problems.splice(0);
  }

  async close(): Promise<void> {
    await this.browser?.close();
  }
}

/** Starts a server and a browser for the tests of a file. Behind each of them the pages are closed, and must not have complained, nor asked anybody else. */
export function useBrowser(server: ServerProcess): ConsoleBrowser {
  const browser = new ConsoleBrowser();
  beforeAll(() => Promise.all([server.start(), browser.launch()]));
  afterAll(async () => {
    await browser.close();
    await server.destroy();
  });
  afterEach(async () => {
    expect(await browser.closePages()).toEqual([]);
    expect(browser.foreignRequests).toEqual([]);
  });
  return browser;
}

/** What axe finds wrong with a page: rules and the elements that break them. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${JSON.stringify(AXE_TAGS)} })`);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
}

/** How far a page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)');
}

/** Keeps a picture of the whole page, or of what is in its window. */
export async function keepScreenshot(page: Page, name: string, fullPage = true): Promise<void> {
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
}

/** Resolves when the playground's line stands like this. */
export function lineState(page: Page, text: string): Promise<void> {
  return page.locator('.line-state').filter({ hasText: new RegExp(`^${text}`) }).waitFor();
}

/** The contents of the messages in the playground, newest first. */
export function messages(page: Page): Promise<string[]> {
  return page.locator('.entry[data-type="message"] .frame-content').allTextContents();
}

/** Resolves when a message with this content is in the playground. */
export function arrival(page: Page, content: string): Promise<void> {
  return page.locator('.entry[data-type="message"] .frame-content', { hasText: content }).first().waitFor();
}
