// What is largest in a CPU profile and in a heap snapshot (both: Chrome DevTools' formats, as V8 writes them).
import { readFileSync } from 'node:fs';
import { add, placeOf } from './cpu-profile.mjs';

/**
 * Functions by the time spent in themselves, and by the time spent in them and what they call: {busySeconds, own, total}, the latter two
 * [{name, place, share}], share of the time in which the thread was not idle.
 *
 * @param profile as of readCpuProfile()
 */
export function topFunctions({ frames, parents, samples }, count) {
  const keys = new Map([...frames].map(([id, { functionName, url, lineNumber }]) => [id, `${functionName || '(anonymous)'}\t${placeOf(url)}:${lineNumber + 1}`]));
  const own = new Map();
  const total = new Map();
  let busy = 0;
  for (const [id, time] of samples) {
    busy += time;
    add(own, keys.get(id), time);
    for (const key of new Set(ancestors(id, parents).map((node) => keys.get(node)))) add(total, key, time);
  }
  const rows = (times) => {
    return largest(times, count, (time) => time).map(([key, time]) => {
      const [name, place] = key.split('\t');
      return { name, place, share: time / busy };
    });
  };
  return { busySeconds: busy / 1e6, own: rows(own), total: rows(total) };
}

function ancestors(id, parents) {
  const path = [];
  for (let node = id; node !== undefined; node = parents.get(node)) path.push(node);
  return path;
}

/** Kinds of objects by the bytes they take themselves: [{name, count, bytes}]. */
export function topClasses(path, count) {
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(path, 'utf8'));
  const fields = snapshot.meta.node_fields;
  const kinds = snapshot.meta.node_types[0];
  const [typeAt, nameAt, sizeAt] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const classes = new Map();
  for (let i = 0; i < nodes.length; i += fields.length) {
    const kind = kinds[nodes[i + typeAt]];
    // What is no object or native thing has a name of its own each: a text, a piece of code.
    const name = kind === 'object' || kind === 'native' ? strings[nodes[i + nameAt]].slice(0, 60) : `(${kind})`;
    const entry = classes.get(name) ?? { count: 0, bytes: 0 };
    entry.count++;
    entry.bytes += nodes[i + sizeAt];
    classes.set(name, entry);
  }
  return largest(classes, count, ({ bytes }) => bytes).map(([name, entry]) => ({ name, ...entry }));
}

function largest(map, count, sizeOf) {
  return [...map].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a)).slice(0, count);
}
