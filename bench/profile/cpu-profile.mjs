// A CPU profile in the format of Chrome DevTools, as V8 writes it.
import { readFileSync } from 'node:fs';

/**
 * The samples within a span of the monotonic clock, in microseconds, but for idle ones.
 *
 * @param span {begun, ended}: microseconds of the monotonic clock, which V8's profiles use too
 * @returns frames: call frames by node id, parents: a node's caller, samples: [[node id, microseconds]]
 */
export function readCpuProfile(path, { begun, ended }) {
  const { nodes, samples, timeDeltas, startTime } = JSON.parse(readFileSync(path, 'utf8'));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const busy = [];
  let now = startTime;
  samples.forEach((id, i) => {
    now += timeDeltas[i];
    if (now >= begun && now <= ended && frames.get(id).functionName !== '(idle)') busy.push([id, timeDeltas[i]]);
  });
  return { frames, parents, samples: busy };
}

/** A function's file, without where packages and files lie. */
export function placeOf(url) {
  return url.replace(/^file:\/\//, '').replace(/^.*\/node_modules\//, '').replace(`${process.cwd()}/`, '');
}

/** Adds to a sum of times. */
export function add(times, key, time) {
  times.set(key, (times.get(key) ?? 0) + time);
}
