// Loaded into the server before its own code (`node --expose-gc --import …`): tells, when asked, what is left in memory after
// garbage collection. It only looks; nothing of the server is changed.
import { setImmediate as immediate } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/** Twice, with a turn of the event loop between: what is released by a finalizer or a callback goes with the second. */
async function collectGarbage() {
  globalThis.gc();
  await immediate();
  globalThis.gc();
}

function memory() {
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  // Kilobytes (getrusage(2)).
  const peakRss = process.resourceUsage().maxRSS * 1024;
  return { heapUsed, external, arrayBuffers, rss, peakRss, resources };
}

/** What every object inherits beside what the language gives it, which is not enumerable. */
function pollution() {
  const found = [];
  for (const value of [{}, [], () => {}]) for (const key in value) found.push(key);
  return found;
}

/** Answers `pollution`; `memory`, or `memory <file>`: then with a heap snapshot in that file. */
async function answer(question) {
  if (question === 'pollution') return pollution();
  await collectGarbage();
  const report = memory();
  const [, file] = question.split(' ', 2);
  if (file !== undefined) writeHeapSnapshot(file);
  return report;
}

// The store's worker thread loads this too.
if (isMainThread && process.send !== undefined) {
  process.on('message', (question) => void answer(question).then((report) => process.send(report)));
  // The channel alone does not keep the process running.
  process.channel.unref();
}
