// A real, headless Chromium: the system's own.
import { type Browser, chromium } from 'playwright-core';

/** Without the last four Chromium asks hosts of its maker's for updates at every start. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium at CHROMIUM_PATH, or Debian's; or another program that starts one. */
export function launchChromium(executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
