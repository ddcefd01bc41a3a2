// Log lines are written together, and in order. That none is left behind when the process ends, see test/e2e/log-lines.spec.ts.
import { describe, expect, it } from 'vitest';
import { GatheredLines } from './gathered-lines.js';

function gathered(): { lines: GatheredLines; writes: string[]; written: Promise<void> } {
  const writes: string[] = [];
  let told = (): void => undefined;
  const written = new Promise<void>((resolve) => (told = resolve));
  const lines = new GatheredLines({
    write: (text) => {
      writes.push(text);
      told();
    },
  });
  return { lines, writes, written };
}

describe('log lines', () => {
  it('that come together are written together, in order', async () => {
    const { lines, writes, written } = gathered();
    lines.write('one\n');
    lines.write('two\n');
    expect(writes).toEqual([]);
    await written;
    expect(writes).toEqual(['one\ntwo\n']);
  });

  it('are not waited with when they are many', () => {
    const { lines, writes } = gathered();
    for (let i = 0; i < 20; i++) lines.write(`${'x'.repeat(999)}\n`);
    expect(writes.map((text) => text.length)).toEqual([17_000]);
  });
});
