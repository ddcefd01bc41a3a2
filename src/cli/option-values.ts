// The options of one call of a command, read and checked.
import { parseArgs } from 'node:util';
import { isIdentifier } from '../protocol/index.js';
import type { CommandOption } from './command.js';
import { UsageError } from './usage.error.js';

/** The options as given. Every reader names the option in its error. */
export class OptionValues {
  private constructor(private readonly given: Readonly<Record<string, unknown>>) {}

  /**
   * Reads the arguments behind a command's name.
   *
   * @throws UsageError for options that the command does not have, values that are missing, and anything that is no option
   */
  static parse(args: readonly string[], options: Readonly<Record<string, CommandOption>>): OptionValues {
    const known = Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const);
    const given = read(args, Object.fromEntries(known));
    const missing = Object.keys(options).filter((name) => options[name].required === true && (given[name] ?? '') === '');
    if (missing.length > 0) throw new UsageError(`missing: ${missing.map((name) => `--${name}`).join(', ')}`);
    return new OptionValues(given);
  }

  /** Whether an option without a value is there. */
  flag(name: string): boolean {
    return this.given[name] === true;
  }

  /** The text of an option; undefined without it. */
  text(name: string): string | undefined {
    const value = this.given[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** The text of an option that the command requires. */
  required(name: string): string {
    return this.text(name) ?? '';
  }

  /** A client, tenant, room or message id; undefined without the option. */
  identifier(name: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !isIdentifier(value)) {
      throw new UsageError(`--${name} must be 1 to 128 characters: letters, digits and _ . : @ -, beginning with a letter or digit`);
    }
    return value;
  }

  /** A whole number of 1 or more; undefined without the option. */
  count(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,14}$/.test(value)) throw new UsageError(`--${name} must be a whole number of 1 or more`);
    return Number(value);
  }

  /** A whole number from 1 to `most`. */
  upTo(name: string, most: number, fallback: number): number {
    const value = this.count(name) ?? fallback;
    if (value > most) throw new UsageError(`--${name} must be at most ${most}`);
    return value;
  }

  /** A URL of one of these schemes. */
  url(name: string, fallback: string, schemes: readonly string[]): URL {
    const text = this.text(name) ?? fallback;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !schemes.includes(url.protocol.slice(0, -1))) {
      throw new UsageError(`--${name} must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
    }
    return url;
  }
}

function read(args: readonly string[], options: Record<string, { type: 'boolean' | 'string' }>): Record<string, unknown> {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Its message names the argument and the cure in its first sentence.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}
