// What can be measured, in the order of the table.
import { burstTo } from './burst.mjs';

/**
 * A workload:
 * - title: a line above its table
 * - options: further options of the command line, with defaults (node:util parseArgs)
 * - subjects: names of bench/subjects/index.mjs, those that come first are compared with the others
 * - measure(subject, options): measures a running subject once and resolves with numbers. It throws when a run is void
 * - columns: which of the numbers the table shows, see bench/table.mjs
 * - bars: {of, over?, by, least | most}: what is demanded of the medians, `of` a subject, as a ratio `over` another one or by itself
 * - settings?: settings of this server that differ from its defaults
 */
export const WORKLOADS = {
  burst: burstTo(1000, {
    messages: 500,
    subjects: ['chatapi-os', 'chatapi-fsync', 'ws', 'nest', 'socket.io'],
    bars: [
      { of: 'chatapi-os', over: 'ws', by: 'perCpuSecond', least: 20 },
      { of: 'chatapi-os', over: 'nest', by: 'perCpuSecond', least: 25 },
      { of: 'chatapi-os', over: 'socket.io', by: 'perCpuSecond', least: 30 },
      { of: 'chatapi-fsync', over: 'chatapi-os', by: 'perCpuSecond', least: 0.8 },
    ],
  }),
  'burst-10k': burstTo(10_000, { messages: 100, subjects: ['chatapi-os', 'ws'], bars: [] }),
};
