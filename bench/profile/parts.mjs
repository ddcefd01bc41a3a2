// Where the time of a CPU profile goes, by part of the program.
import { add, placeOf } from './cpu-profile.mjs';

/** By what the function itself is called, then by where it is; a native function without a part of its own belongs to whoever called it. */
const BY_NAME = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'native code without a frame: kernel, parser, polling'],
  ['writeBuffer', 'writing to sockets: system calls'],
  ['writev', 'writing to sockets: system calls'],
  ['writeUtf8String', 'writing to sockets: system calls'],
  ['writeLatin1String', 'writing to sockets: system calls'],
  ['postMessage', 'messages between the threads'],
]);

const BY_PLACE = [
  [/jsonwebtoken|\bjws\b|\bjwa\b|\bjose\b|dist\/auth\//, 'tokens'],
  [/dist\/log\//, 'fan-out, acknowledgement, replay (src/log)'],
  [/dist\/delivery\//, 'delivery'],
  [/dist\/engine\//, 'engine'],
  [/dist\/audit\//, 'audit'],
  [/dist\/limits\//, 'limits'],
  [/dist\/(gateway|connections)\//, 'gateway and connections'],
  [/dist\/presence\//, 'presence'],
  [/dist\/(rooms|http|admin|health)\/|fastify|find-my-way|class-validator|class-transformer/, 'HTTP API'],
  [/dist\/(protocol|events|config)\//, 'protocol and events'],
  [/@nestjs|rxjs/, 'Nest'],
  [/pino|sonic-boom|thread-stream/, 'log lines'],
  [/^ws\//, 'ws'],
  [/node:(net|internal\/(streams|stream_base|js_stream)|stream)/, "Node's sockets and streams"],
  [/node:(_http|http)/, "Node's HTTP"],
  [/worker/, 'messages between the threads'],
  [/./, 'other'],
];

/**
 * Microseconds of each part: [[part, microseconds]], largest first.
 *
 * @param profile as of readCpuProfile()
 */
export function partsOf({ frames, parents, samples }) {
  const parts = new Map();
  const partOf = (id) => {
    if (id === undefined) return 'other';
    if (!parts.has(id)) parts.set(id, ownPart(frames.get(id)) ?? partOf(parents.get(id)));
    return parts.get(id);
  };
  const times = new Map();
  for (const [id, time] of samples) add(times, partOf(id), time);
  return [...times].sort(([, a], [, b]) => b - a);
}

function ownPart({ functionName, url }) {
  if (BY_NAME.has(functionName)) return BY_NAME.get(functionName);
  const place = placeOf(url);
  return place === '' ? undefined : BY_PLACE.find(([pattern]) => pattern.test(place))[1];
}
