// A Redis of the benchmark's own: what a durable installation would have, on the core of the load.
import { LOAD_CORE } from '../child.mjs';
import { findProgram, startProgram } from './program.mjs';

const PROGRAM = 'redis-server';

export const isRedisInstalled = () => findProgram(PROGRAM) !== undefined;

/** Starts it; everything is on disk a second later. Resolves with {pid, port, url, stop}. */
export async function startRedis() {
  const { ports, ...program } = await startProgram(PROGRAM, ['redis'], configure, (file) => [file], LOAD_CORE);
  return { ...program, port: ports.redis, url: `redis://127.0.0.1:${ports.redis}` };
}

const configure = ({ redis }, folder) => `
port ${redis}
bind 127.0.0.1
dir ${folder}
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
`;
