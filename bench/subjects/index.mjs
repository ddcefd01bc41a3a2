// The servers that can be measured.
import { startChatapi, startChatapiOverRedis } from './chatapi.mjs';
import { isMosquittoInstalled, startMosquitto } from './mosquitto.mjs';
import { isNatsInstalled, startNats } from './nats.mjs';
import { startPeer } from './peer.mjs';
import { isRedisInstalled } from './redis.mjs';

/**
 * name: as tables call it. isInstalled?(): whether this machine has it. start(options) resolves with a running subject
 * - pids: the processes that are measured; storePids?: those of a store beside them, counted apart
 * - open({rooms, members, persistent?}): makes rooms and resolves with a seat for each member of each
 *   {url, protocols?, headers?, wire, room: its index, client}
 *   (`persistent`: what is published while a member is away must wait for it, where that is not always so)
 * - renew?(seats): the same seats with other tokens, which the server has not seen
 * - publish(items), items being {room: its index, content}: the quickest way that the server offers outside code for many at once
 * - publishOne(item): one ordinary request
 * - stop()
 */
export const SUBJECTS = {
  'chatapi-os': { name: 'ChatAPI Delivery, os', start: (options) => startChatapi('os', options) },
  'chatapi-fsync': { name: 'ChatAPI Delivery, fsync', start: (options) => startChatapi('fsync', options) },
  'chatapi-redis': { name: 'ChatAPI Delivery, Redis, one node', start: (options) => startChatapiOverRedis(1, options), isInstalled: isRedisInstalled },
  'chatapi-redis-2': { name: 'ChatAPI Delivery, Redis, two nodes', start: (options) => startChatapiOverRedis(2, options), isInstalled: isRedisInstalled },
  ws: { name: 'plain ws, send loop', start: () => startPeer('ws-loop', 'json') },
  'ws-token': { name: 'plain ws, HS256 checked', start: () => startPeer('ws-loop', 'json', ['--token']) },
  'ws-away': { name: 'plain ws, queues in memory, send loop', start: () => startPeer('ws-loop', 'json', ['--away']) },
  'ws-ready': { name: 'plain ws, queues as ready bytes, one write', start: () => startPeer('ws-loop', 'json', ['--ready']) },
  'ws-deflate': { name: 'plain ws, send loop, perMessageDeflate', start: () => startPeer('ws-loop', 'json', ['--deflate']) },
  nest: { name: 'Nest WsAdapter, send loop', start: () => startPeer('nest-gateway', 'json') },
  'socket.io': { name: 'Socket.IO 4, room broadcast', start: () => startPeer('socket.io-rooms', 'socket.io') },
  nats: { name: 'NATS core, WebSocket', start: startNats, isInstalled: isNatsInstalled },
  mosquitto: { name: 'Mosquitto 2, WebSocket', start: startMosquitto, isInstalled: isMosquittoInstalled },
};

/** The subject of a name, which may have a variant of the workload behind an `@`. */
export function subjectOf(name) {
  const [base, variant] = name.split('@');
  if (SUBJECTS[base] === undefined) throw new Error(`There is no subject ${base}; there are ${Object.keys(SUBJECTS).join(', ')}`);
  return { subject: SUBJECTS[base], variant, title: variant === undefined ? SUBJECTS[base].name : `${SUBJECTS[base].name}; ${variant}` };
}

export function isInstalled(name) {
  return subjectOf(name).subject.isInstalled?.() ?? true;
}
