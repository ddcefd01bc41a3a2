// Judges a run after everything has settled: order, gaps, memberships, counts, and whether everything came to everybody.
import type { DroppedRange } from '../../../src/log/index.js';
import type { Membership, ModelLog } from './model-log.js';
import { type ModelStore, ownerKey } from './model-store.js';
import type { Received } from './reception.js';
import type { SimulatedConnection } from './simulated-connection.js';

/** Where a connection stands in a log. */
interface Standing {
  readonly stay: Membership;
  /** Everything up to here has come, was reported as dropped, was silent or not for it. */
  position: number;
}

/** Sentences about everything that went wrong; none when all promises were kept. */
export function judgeDelivery(store: ModelStore, connections: readonly SimulatedConnection[]): string[] {
  const bodies = new Map<string, Buffer>();
  return [
    ...connections.flatMap((connection) => [...judgeOrder(store, connection), ...judgeBodies(connection, bodies)]),
    ...connections.filter(({ isOpen }) => isOpen).flatMap((connection) => judgeEnd(store, connection)),
    ...judgeCompleteness(store, connections),
  ];
}

/** No id with two bodies. */
function judgeBodies({ name, written }: SimulatedConnection, bodies: Map<string, Buffer>): string[] {
  const faults: string[] = [];
  for (const item of written.received) {
    if (item.seq === undefined) continue;
    const key = `${item.log}:${item.seq}`;
    const first = bodies.get(key);
    if (first === undefined) bodies.set(key, item.payload);
    else if (!first.equals(item.payload)) faults.push(`${name}: ${key} has two bodies`);
  }
  return faults;
}

/** Within each log: rising, without a gap but those that are reported or not for it, nothing from outside a membership. */
function judgeOrder(store: ModelStore, connection: SimulatedConnection): string[] {
  const faults: string[] = [];
  const standings = new Map<string, Standing>();
  for (const item of connection.written.received) {
    const log = store.log(item.log);
    const last = item.seq ?? item.toSeq;
    const stay = log.membershipAt(connection.owner.clientId, last);
    if (stay === undefined) {
      faults.push(`${connection.name}: ${log.name}:${last} is from outside its memberships`);
      continue;
    }
    let standing = standings.get(log.name);
    if (standing?.stay !== stay) {
      standing = { stay, position: connection.starts.get(stay) ?? stay.joinedSeq };
      standings.set(log.name, standing);
    }
    const fault = judgeStep(connection, log, item, standing.position);
    if (fault !== undefined) faults.push(`${connection.name}: ${fault}`);
    standing.position = last;
  }
  return faults;
}

function judgeStep({ audiences }: SimulatedConnection, log: ModelLog, item: Received, position: number): string | undefined {
  const from = item.seq ?? item.fromSeq;
  const to = item.seq ?? item.toSeq;
  if (from <= position || to < from) return `${log.name}:${from} came after ${position}`;
  const gap = log.between(position + 1, from - 1).filter((entry) => !audiences.leavesOut(log.name, entry));
  if (gap.length > 0) return `${log.name}: ${gap.length} entries are missing between ${position} and ${from}`;
  return item.seq === undefined ? judgeCount(log, item) : undefined;
}

function judgeCount(log: ModelLog, { fromSeq, toSeq, count }: DroppedRange): string | undefined {
  const exact = log.between(fromSeq, toSeq).length;
  return count === exact ? undefined : `${log.name}: ${count} were reported as dropped from ${fromSeq} to ${toSeq}, ${exact} are there`;
}

/** A connection that is open at the end has reached the head of everything it receives. */
function judgeEnd(store: ModelStore, connection: SimulatedConnection): string[] {
  const faults: string[] = [];
  for (const log of store.logs.values()) {
    const stay = log.keptMembership(connection.owner.clientId);
    if (stay === undefined || (connection.memberships.has(stay) && !connection.starts.has(stay))) continue;
    const start = connection.starts.get(stay) ?? stay.joinedSeq;
    const missing = log
      .between(start + 1, log.head)
      .filter((entry) => !connection.arrived.has(log.name, entry.seq) && !connection.audiences.leavesOut(log.name, entry));
    if (missing[0] !== undefined) faults.push(`${connection.name} ended without ${missing.length} entries of ${log.name}, from ${missing[0].seq} on`);
  }
  return faults;
}

/** Over all its connections with one position, a member got everything, was told that it was dropped, or had a connection it was not for. */
function judgeCompleteness(store: ModelStore, connections: readonly SimulatedConnection[]): string[] {
  const faults: string[] = [];
  for (const owner of new Set(connections.map((connection) => ownerKey(connection.owner)))) {
    const own = connections.filter((connection) => ownerKey(connection.owner) === owner);
    const clientId = own[0]?.owner.clientId ?? '';
    for (const log of store.logs.values()) {
      const stay = log.keptMembership(clientId);
      if (stay === undefined) continue;
      const lost = log
        .between(stay.joinedSeq + 1, log.head)
        .filter((entry) => !own.some(({ arrived, audiences }) => arrived.has(log.name, entry.seq) || audiences.leavesOut(log.name, entry)));
      if (lost[0] !== undefined) faults.push(`${owner} never got ${lost.length} entries of ${log.name}, from ${lost[0].seq} on`);
    }
  }
  return faults;
}

/**
 * Where peers answer pings, or have acknowledged all that they were given, the cursors have reached the newest entry, whomever it is for.
 * To be asked when everything has settled.
 */
export function judgeCursors(store: ModelStore, connections: readonly SimulatedConnection[]): string[] {
  const faults: string[] = [];
  for (const connection of connections) {
    const { owner, isOpen, name } = connection;
    if (!isOpen || !isUnderstood(connection)) continue;
    for (const log of store.logs.values()) {
      const stay = log.keptMembership(owner.clientId);
      const newest = stay && log.between(stay.joinedSeq + 1, log.head).at(-1);
      const cursor = store.cursor(owner, log.name);
      if (newest === undefined || cursor >= newest.seq || !acknowledgesAll(connection, log)) continue;
      faults.push(`${name} has everything of ${log.name}, and its cursor stands at ${cursor} before ${newest.seq}`);
    }
  }
  return faults;
}

/** A pong of its own looks like a garbled answer: after two such, the server may have found that it cannot acknowledge. */
function isUnderstood({ habit, hasGarbled, unsolicitedPongs }: SimulatedConnection): boolean {
  return habit === 'answers' && unsolicitedPongs + (hasGarbled ? 1 : 0) < 2;
}

/** By its pongs; where the client acknowledges itself, it has done so for the newest that it was given. */
function acknowledgesAll({ mode, written, acknowledged }: SimulatedConnection, log: ModelLog): boolean {
  return mode === 'transport' || log.between((acknowledged.get(log.name) ?? 0) + 1, log.head).every(({ seq }) => !written.has(log.name, seq));
}
