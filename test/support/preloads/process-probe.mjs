// Loaded into the server before its own code (`node --expose-gc --import …`): tells, when asked, what is left in memory after
// garbage collection. It only looks; nothing of the server is changed.
import { Socket } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/** The class of timers, which Node does not export. */
const Timeout = timerClass();

/** The classes whose live instances are counted. Imported when asked: by then the server has loaded what they need. */
async function countedClasses() {
  const built = (file) => import(new URL(`../../../dist/${file}`, import.meta.url));
  const [{ WebSocket }, { Connection }, log, { ClientPresence }] = await Promise.all([
    import('ws'),
    built('connections/index.js'),
    built('log/index.js'),
    built('presence/client-presence.js'),
  ]);
  const { Subscription } = await built('log/subscription.js');
  const { LogFeed } = await built('log/log-feed.js');
  return { Connection, DeliveryStream: log.DeliveryStream, Subscription, LogFeed, ClientPresence, WebSocket, Socket, Timeout };
}

async function report() {
  const classes = await countedClasses();
  // Twice, with a turn of the event loop between: what is released by a finalizer or a callback goes with the second.
  globalThis.gc();
  await immediate();
  globalThis.gc();
  const instances = {};
  for (const [name, counted] of Object.entries(classes)) instances[name] = queryObjects(counted, { format: 'count' });
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { heapUsed, external, arrayBuffers, rss, resources, instances };
}

/** Memory of JavaScript objects and of what they hold. Much cheaper than a report, for which the heap is walked once a class. */
function heldBytes() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What every object inherits beside what the language gives it, which is not enumerable. */
function pollution() {
  const found = [];
  for (const value of [{}, [], () => {}]) for (const key in value) found.push(key);
  return found;
}

function timerClass() {
  const timer = setTimeout(() => {}, 0);
  clearTimeout(timer);
  return timer.constructor;
}

// The store's worker thread loads this too.
if (isMainThread && process.send !== undefined) {
  process.on('message', (question) => {
    if (question === 'report') void report().then((answer) => process.send(answer));
    if (question === 'held bytes') process.send(heldBytes());
    if (question === 'pollution') process.send(pollution());
  });
  // The channel alone does not keep the process running.
  process.channel.unref();
}
