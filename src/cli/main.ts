#!/usr/bin/env node
// The `chatapi` command: finds the subcommand, and turns a failure into a message and an exit code.
import type { Command } from './command.js';
import { benchCommand } from './commands/bench.js';
import { configCommand } from './commands/config.js';
import { migrateCommand } from './commands/migrate.js';
import { publishCommand } from './commands/publish.js';
import { serveCommand } from './commands/serve.js';
import { tailCommand } from './commands/tail.js';
import { tokenCommand } from './commands/token.js';
import { commandHelp, overview } from './help.js';
import { OptionValues } from './option-values.js';
import { UsageError } from './usage.error.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['serve', serveCommand],
  ['token', tokenCommand],
  ['tail', tailCommand],
  ['publish', publishCommand],
  ['config', configCommand],
  ['migrate', migrateCommand],
  ['bench', benchCommand],
]);

const HELP_FLAGS: readonly string[] = ['--help', '-h'];

/** Nothing went wrong but what was tried. */
const EXIT_FAILED = 1;
/** The command line is wrong. */
const EXIT_USAGE = 2;

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined) throw new UsageError(`a command is missing: ${[...COMMANDS.keys()].join(', ')}`);
  if (HELP_FLAGS.includes(name) || name === 'help') {
    process.stdout.write(overview(COMMANDS));
    return;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) throw new UsageError(`there is no command "${name}", but ${[...COMMANDS.keys()].join(', ')}`);
  if (args.some((argument) => HELP_FLAGS.includes(argument))) {
    process.stdout.write(commandHelp(name, command));
    return;
  }
  await command.run(OptionValues.parse(args, command.options));
}

// A reader that has seen enough (`chatapi tail … | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_FAILED);
});

const args = process.argv.slice(2);
run(args).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError;
  const help = COMMANDS.has(args[0]) ? `chatapi ${args[0]} --help` : 'chatapi --help';
  process.stderr.write(`chatapi: ${message}\n${isUsage ? `See ${help}.\n` : ''}`);
  process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED;
});
