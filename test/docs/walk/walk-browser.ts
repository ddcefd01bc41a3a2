// Chromium in the newcomer's network.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.js';
import type { Network } from './network.js';

export class WalkBrowser {
  private constructor(
    private readonly directory: string,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  /** @param onLine gets what scripts write to the browser's console */
  static async open({ launcher }: Network, onLine: (line: string) => void): Promise<WalkBrowser> {
    const directory = await mkdtemp(join(tmpdir(), 'chatapi-walk-browser-'));
    const program = join(directory, 'chromium');
    const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
    await writeFile(program, `#!/bin/sh\nexec ${[...launcher, chromium].join(' ')} "$@"\n`, { mode: 0o700 });
    const browser = await launchChromium(program);
    const page = await browser.newPage();
    page.on('console', (message) => onLine(message.text()));
    page.on('pageerror', ({ message }) => onLine(message));
    return new WalkBrowser(directory, browser, page);
  }

  async visit(address: string): Promise<void> {
    await this.page.goto(address);
  }

  /** Runs a script to its end; what it listens to goes on. */
  async run(script: string): Promise<void> {
    await this.page.evaluate(`(() => {${script}\n})()`);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
