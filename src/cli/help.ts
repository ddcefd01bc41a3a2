// The texts of `chatapi --help` and `chatapi <command> --help`.
import type { Command, CommandOption } from './command.js';

/** In every command, beside its own. */
export const HELP_OPTION = { help: { description: 'prints this' } } satisfies Record<string, CommandOption>;

/** The help of the whole. */
export function overview(commands: ReadonlyMap<string, Command>): string {
  const lines = [...commands].map(([name, { summary }]): [string, string] => [name, summary]);
  return [
    'Usage: chatapi <command> [options]',
    '',
    'Commands:',
    ...columns(lines),
    '',
    'chatapi <command> --help prints the options of a command. Settings come from the environment and, in development, from the',
    'file .env; docs/settings.md lists them.',
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(name: string, { summary, options, notes = [] }: Command): string {
  const all = Object.entries({ ...options, ...HELP_OPTION });
  const required = Object.entries(options).filter(([, option]) => option.required === true);
  return [
    ['Usage: chatapi', name, ...required.map(spelled), '[options]'].join(' '),
    '',
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    '',
    'Options:',
    ...columns(all.map((entry) => [spelled(entry), entry[1].description])),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
  ].join('\n');
}

function spelled([name, { value }]: [string, CommandOption]): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
}

function columns(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
