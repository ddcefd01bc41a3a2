// Loaded into the server before anything else: at SIGUSR2 it writes what V8 knows of the heap, and a snapshot.
import { writeFileSync } from 'node:fs';
import { getHeapSpaceStatistics, getHeapStatistics, writeHeapSnapshot } from 'node:v8';

process.on('SIGUSR2', () => {
  const path = process.env.BENCH_HEAP_FILE;
  const memory = process.memoryUsage();
  writeFileSync(path, JSON.stringify({ memory, statistics: getHeapStatistics(), spaces: getHeapSpaceStatistics() }));
  writeHeapSnapshot(`${path}.heapsnapshot`);
  process.send({ kind: 'heap', path });
});
// The channel to the parent must not keep the server alive.
process.channel?.unref();
