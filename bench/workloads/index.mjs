// What can be measured, in the order of the table.
import { burstTo } from './burst.mjs';
import { compressed } from './compressed.mjs';
import { connects, SAME_TOKENS } from './connects.mjs';
import { drain } from './drain.mjs';
import { idle } from './idle.mjs';
import { paced } from './paced.mjs';
import { publishing } from './publish.mjs';
import { toRooms } from './rooms.mjs';
import { slowReaders } from './slow-readers.mjs';

/**
 * A workload:
 * - title: a line above its table
 * - options: further options of the command line, with defaults (node:util parseArgs)
 * - subjects: names of bench/subjects/index.mjs, those that come first are compared with the others
 * - measure(subject, options, {variant, atPeak}): measures a running subject once and resolves with numbers. It throws when a run is
 *   void. It awaits atPeak() when all is measured and nothing is given up yet: a profile looks at the heap then. `variant` is what stands
 *   behind the `@` in a subject's name
 * - columns: which of the numbers the table shows, see bench/table.mjs
 * - bars: {of, over?, by, least | most}: what is demanded of the medians, `of` a subject, as a ratio `over` another one or by itself
 * - settings?: settings of this server that differ from its defaults
 */
export const WORKLOADS = {
  burst: burstTo(1000, {
    messages: 500,
    subjects: ['chatapi-os', 'chatapi-fsync', 'chatapi-redis', 'chatapi-redis-2', 'ws', 'nest', 'socket.io', 'nats', 'mosquitto'],
    bars: [
      { of: 'chatapi-redis-2', over: 'chatapi-os', by: 'perCpuSecond', least: 0.85 },
      { of: 'chatapi-os', over: 'ws', by: 'perCpuSecond', least: 20 },
      { of: 'chatapi-os', over: 'nest', by: 'perCpuSecond', least: 25 },
      { of: 'chatapi-os', over: 'socket.io', by: 'perCpuSecond', least: 30 },
      { of: 'chatapi-os', over: 'nats', by: 'perCpuSecond', least: 2 },
      { of: 'chatapi-fsync', over: 'chatapi-os', by: 'perCpuSecond', least: 0.8 },
    ],
  }),
  'burst-10k': burstTo(10_000, { messages: 100, subjects: ['chatapi-os', 'chatapi-fsync', 'ws', 'nest', 'socket.io', 'nats'], bars: [] }),
  paced: paced({
    rate: 50,
    subjects: ['chatapi-os', 'chatapi-fsync', 'ws', 'nest', 'socket.io', 'nats', 'mosquitto'],
    bars: [{ of: 'chatapi-os', over: 'ws', by: 'perCpuSecond', least: 1.1 }],
  }),
  'paced-1k': paced({ rate: 1000, subjects: ['chatapi-os', 'chatapi-fsync', 'nats'], bars: [{ of: 'chatapi-os', by: 'p99', most: 100 }] }),
  rooms: toRooms({
    isBulk: false,
    subjects: ['chatapi-os', 'chatapi-fsync', 'chatapi-redis', 'ws', 'nest', 'socket.io', 'nats'],
    bars: [{ of: 'chatapi-os', over: 'nest', by: 'perCpuSecond', least: 2 }],
  }),
  'rooms-bulk': toRooms({
    isBulk: true,
    subjects: ['chatapi-os', 'chatapi-fsync', 'chatapi-redis', 'ws', 'nest', 'socket.io', 'nats'],
    bars: [{ of: 'chatapi-os', over: 'socket.io', by: 'perCpuSecond', least: 1.5 }],
  }),
  publish: publishing({ isBulk: false, bars: [] }),
  'publish-bulk': publishing({ isBulk: true, bars: [{ of: 'chatapi-redis', by: 'perSecond', least: 10_000 }] }),
  'slow-readers': slowReaders,
  connects: connects({
    count: 2000,
    subjects: ['chatapi-os', `chatapi-os@${SAME_TOKENS}`, 'chatapi-redis', 'ws', 'ws-token', 'nest'],
    bars: [{ of: 'chatapi-os', over: 'nest', by: 'connectsPerCpuSecond', least: 1.3 }],
  }),
  'connects-10k': connects({
    count: 10_000,
    subjects: ['chatapi-os', 'ws', 'nest'],
    bars: [{ of: 'chatapi-os', over: 'nest', by: 'connectsPerCpuSecond', least: 1.3 }],
  }),
  idle,
  compressed,
  drain: drain({
    rooms: 1,
    subjects: ['chatapi-os', 'chatapi-fsync', 'chatapi-redis', 'ws-away', 'ws-ready', 'mosquitto'],
    bars: [{ of: 'chatapi-os', over: 'mosquitto', by: 'perCpuSecond', least: 5 }],
  }),
  'drain-rooms': drain({
    rooms: 200,
    subjects: ['chatapi-os', 'chatapi-fsync', 'chatapi-redis', 'ws-away', 'ws-ready', 'mosquitto'],
    bars: [{ of: 'chatapi-os', over: 'mosquitto', by: 'perCpuSecond', least: 5 }],
  }),
};
