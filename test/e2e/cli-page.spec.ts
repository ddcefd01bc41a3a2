// docs/cli.md says what `--help` says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/server-process.js';
import { chatapi } from './cli-process.js';

const PAGE = readFileSync(join(PROJECT_ROOT, 'docs', 'cli.md'), 'utf8');

/** Every option that a text names, without those that every command has. */
function optionsIn(text: string): string[] {
  const named = [...text.matchAll(/--[a-z]+/g)].map(([option]) => option).filter((option) => option !== '--help');
  return [...new Set(named)].sort();
}

/** What the page says of each command. */
function sections(): Map<string, string> {
  const parts = PAGE.split(/^## `chatapi ([a-z]+)`$/m).slice(1);
  return new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1]] as const] : [])));
}

it('has a section for every command, and no other', async () => {
  const { stdout } = await chatapi(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, command]) => command);
  expect([...sections().keys()].sort()).toEqual(commands.sort());
});

it.each([...sections()])('names the options of %s', async (command, section) => {
  const { stdout } = await chatapi([command, '--help']);
  const options = stdout.slice(stdout.indexOf('Options:')).split('\n\n')[0];
  expect(optionsIn(section)).toEqual(optionsIn(options));
});
