// The server as a child process, in development mode, until it is told to stop.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './run.mjs';

const READY_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 100;

/** Connections end within SHUTDOWN_DRAIN_SECONDS; a server that takes this much longer has failed to stop. */
const STOP_TIMEOUT_MS = 20_000;

/** One run of dist/main.js. */
export class DemoServer {
  /** Resolves with the exit code; 1 when a signal ended it. */
  exited;
  #child;
  #ended = false;

  /** @param {NodeJS.ProcessEnv} environment all of the server's settings */
  constructor(environment) {
    // In a process group of its own: a Ctrl-C reaches this process only, and the server gets one signal, not two.
    this.#child = spawn(process.execPath, ['dist/main.js'], { cwd: ROOT, env: environment, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        this.#ended = true;
        resolve(code ?? 1);
      });
    });
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  /**
   * Resolves when `healthUrl` answers 200.
   *
   * @throws Error when the server ends before that, or takes longer than a minute
   */
  async ready(healthUrl) {
    const giveUpAt = Date.now() + READY_TIMEOUT_MS;
    while (!(await answers(healthUrl))) {
      if (this.#ended) throw new Error(`The server ended (exit code ${await this.exited}); its message is above.`);
      if (Date.now() > giveUpAt) throw new Error(`The server was not healthy within ${READY_TIMEOUT_MS / 1000} s: ${healthUrl}`);
      await delay(POLL_INTERVAL_MS);
    }
  }

  /** Asks it to stop; resolves with its exit code when it has. */
  async stop() {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}

async function answers(url) {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
