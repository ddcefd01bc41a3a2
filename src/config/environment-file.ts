// The `.env` file, which is read in development only.
import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { type Environment } from './load-settings.js';

/** The variables in the file; none when there is no file. */
export function readEnvironmentFile(path: string): Environment {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Variables that are set go before those of the file; an empty string counts as unset. */
export function withDefaults(environment: Environment, file: Environment): Environment {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  return { ...file, ...Object.fromEntries(set) };
}
