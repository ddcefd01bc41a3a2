// Whatever ends the process but SIGKILL, its last log lines are written.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const DESTINATION = fileURLToPath(new URL('../../dist/log-destination.js', import.meta.url));

describe('log lines', () => {
  it.each([
    ['exits', 'process.exit(3)', 3],
    ['throws', "process.on('exit', () => undefined); throw new Error('planned')", 1],
    ['comes to its end', '', 0],
  ])('are all written, in order, when the process %s', async (_, ending, expectedCode) => {
    const script = `
      import pino from 'pino';
      import { createLogDestination } from ${JSON.stringify(DESTINATION)};
      const logger = pino({}, createLogDestination());
      for (let i = 0; i < 300; i++) logger.info({ number: i });
      ${ending}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number];
    const numbers = output.trimEnd().split('\n').map((line) => (JSON.parse(line) as { number: number }).number);
    expect({ code, numbers }).toEqual({ code: expectedCode, numbers: Array.from({ length: 300 }, (_each, i) => i) });
  });
});
