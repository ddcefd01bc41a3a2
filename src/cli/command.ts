// What a subcommand of `chatapi` consists of.
import type { OptionValues } from './option-values.js';

/** One `--name` of a command. */
export interface CommandOption {
  /** What stands for its value in the help; absent for an option that has none. */
  readonly value?: string;
  readonly description: string;
  readonly required?: boolean;
}

/** A subcommand. */
export interface Command {
  /** One line of the help. */
  readonly summary: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Further lines of the command's own help. */
  readonly notes?: readonly string[];

  /**
   * Does it; resolves with nothing more to do, or to wait for.
   *
   * @throws Error whose message says what is wrong: printed, and the exit code is 1; for a {@link UsageError} it is 2
   */
  run(values: OptionValues): Promise<void>;
}
