// What a Redis must be for the engine to work on it.

const REDIS_MAJOR = 7;
const VALKEY_MAJOR = 8;

/** @throws Error that says why one of the servers, by what its `INFO` says, will not do */
export function requireSuitable(infos: readonly string[]): void {
  const reason = infos.map(unsuitable).find((found) => found !== undefined);
  if (reason !== undefined) throw new Error(`This Redis cannot be used: ${reason}`);
}

/** Why a server will not do, and what would, from what its `INFO` says; undefined when it will. */
export function unsuitable(info: string): string | undefined {
  const fields = new Map(info.split(/\r?\n/).map((line) => line.split(':', 2) as [string, string]));
  const valkey = fields.get('valkey_version');
  const redis = fields.get('redis_version') ?? '';
  if (valkey !== undefined) {
    if (major(valkey) < VALKEY_MAJOR) return `it is Valkey ${valkey}; Valkey ${VALKEY_MAJOR} or later is needed`;
  } else if (major(redis) < REDIS_MAJOR) return `it is Redis ${redis}; Redis ${REDIS_MAJOR} or later is needed, for sharded publications`;
  if (fields.get('role') === 'slave') return 'it is a replica, which takes no writes; name the master';
  const policy = fields.get('maxmemory_policy') ?? '';
  if (policy.startsWith('allkeys')) return `its maxmemory-policy is ${policy}, which forgets messages without a word; set noeviction`;
  return undefined;
}

function major(version: string): number {
  return Number(version.split('.', 1)[0]);
}
