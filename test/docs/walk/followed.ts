// The pages that a walk follows: those with a spec here, named after them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const followed = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.spec.ts'))
  .flatMap((name) => [...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/^followPage\('([^']+)'/gm)].map(([, page]) => page));

export const isFollowed = (page: string): boolean => followed.includes(page);
