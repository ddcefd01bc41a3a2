// The user that docs/redis.md gives the server.
import { readFileSync } from 'node:fs';

export const PASSWORD = 'the test\'s own';

/** Options of a `redis-server` that knows this user, for keys that begin with a prefix. */
export function leastUser(prefix: string): string[] {
  const line = /^user chatapi .*$/m.exec(readFileSync('docs/redis.md', 'utf8'))?.[0];
  if (line === undefined) throw new Error('docs/redis.md names no user');
  const rules = line.split(' ').slice(2).map((rule) => rule.replace('PASSWORD', PASSWORD).replace('chatapi:*', `${prefix}*`));
  return ['--user', 'chatapi', ...rules];
}

/** A URL with this user. */
export function asLeastUser(url: string): string {
  return url.replace('://', `://chatapi:${encodeURIComponent(PASSWORD)}@`);
}
