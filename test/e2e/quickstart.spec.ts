// What a newcomer sees: one command, and a notification arrives.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { QuickstartProcess } from '../support/quickstart-process.js';
import { PROJECT_ROOT } from '../support/server-process.js';

/** A build may be part of it. */
const START_TIMEOUT_MS = 150_000;

/** Runs a printed line as somebody who pastes it into a shell. */
async function paste(line: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: PROJECT_ROOT, env: { PATH: process.env.PATH, HOME: process.env.HOME } });
  return stdout.trim().split('\n');
}

describe('npm run quickstart', () => {
  let quickstart: QuickstartProcess;

  beforeAll(async () => {
    quickstart = await QuickstartProcess.create();
    await quickstart.start();
  }, START_TIMEOUT_MS);
  afterAll(() => quickstart.destroy());

  it('prints the URL of a healthy server', async () => {
    const response = await fetch(quickstart.line(`${quickstart.origin}/ws/health`));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'healthy' });
  });

  it('prints the URL of the console with both tokens, which no server gets to see', async () => {
    const url = new URL(quickstart.line(`${quickstart.origin}/console`));
    expect(url.hash).toMatch(/^#token=eyJ[^&]+&admin=eyJ/);
    expect(url.search).toBe('');
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('prints a line that shows a notification arriving', async () => {
    const printed = await paste(quickstart.line('npm run -s chatapi -- publish'));
    expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ type: 'message', data: { room_id: 'lobby', content: 'Hello' } });
  });

  it('prints a curl command that publishes', async () => {
    const [answer] = await paste(quickstart.line('curl'));
    expect(JSON.parse(answer)).toMatchObject({ room_id: 'lobby', content: 'Hello' });
  });

  it('says so when the port is taken, and ends with exit code 1', async () => {
    const second = await QuickstartProcess.create();
    onTestFinished(() => second.destroy());
    const occupant = createServer().listen(second.port);
    onTestFinished(() => void occupant.close());
    await once(occupant, 'listening');

    expect(await second.run().finished()).toEqual({ code: 1, signal: null });
    expect(second.output).toContain(`Port ${second.port} is taken by another program. Stop that one, or choose another port: PORT=${second.port + 1}`);
  });

  it('shows what the server said, and ends with exit code 1, when the server does not start', async () => {
    const second = await QuickstartProcess.create();
    onTestFinished(() => second.destroy());

    expect(await second.run({ JWT_SECRET: 'short' }).finished()).toEqual({ code: 1, signal: null });
    expect(second.output).toContain('The settings are not valid:\n  JWT_SECRET');
    expect(second.output).toContain('The server ended (exit code 1)');
  });

  it('ends with exit code 0 at a Ctrl-C, and its server with it', async () => {
    expect(await quickstart.stop('SIGINT')).toEqual({ code: 0, signal: null });
    await expect(fetch(`${quickstart.origin}/livez`)).rejects.toThrow('fetch failed');
  });

  it('starts again on the same data, with the room as it was', async () => {
    await quickstart.start();
    const printed = await paste(quickstart.line('npm run -s chatapi -- publish'));
    expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ type: 'message', data: { room_id: 'lobby' } });
  }, START_TIMEOUT_MS);
});
