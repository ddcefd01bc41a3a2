// Judging what publishers were told against what clients saw: ids, bodies and numbers.
import { isOrdered, orderOf, type Frame } from './frame.js';
import type { HistoryEvent, PublishAttempt } from './history.js';
import type { Report } from './violation.js';

/** I8, and of I2 that a number is one entry to all: no id has two bodies, no number two ids, no message two numbers. */
export function checkBodies(events: readonly HistoryEvent[], report: Report): void {
  const bodies = new Map<string, string>();
  const ids = new Map<string, string>();
  const messages = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'frame' || event.frame.id === undefined) continue;
    const { frame } = event;
    once(bodies, event.frame.id, JSON.stringify([frame.type, frame.seq, frame.data]), (first, second) => {
      report('I8', `${frame.id} has two bodies: ${first} and ${second}`);
    });
    if (!isOrdered(frame)) continue;
    const order = orderOf(frame);
    once(ids, `${order}:${frame.seq}`, frame.id, (first, second) => report('I2', `${order}: ${frame.seq} is ${first} to one and ${second} to another`));
    if (frame.type !== 'message') continue;
    once(messages, messageKey(order, frame), frame.seq, (first, second) => {
      report('I8', `${order}: message ${frame.data.id} stands at ${first} and at ${second}`);
    });
  }
}

/** Of I1 and I2, what publishers can tell: an answered message stands where the answer said, a refused one nowhere. */
export function checkPublishes(events: readonly HistoryEvent[], report: Report): void {
  const frames = new Map<string, Frame>();
  const seqs = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'frame' || event.frame.type !== 'message' || !isOrdered(event.frame)) continue;
    frames.set(`${orderOf(event.frame)}:${event.frame.seq}`, event.frame);
    seqs.set(`${orderOf(event.frame)}/${event.frame.data.id}`, event.frame.seq);
  }
  const answered = new Map<string, PublishAttempt>();
  const numbers = new Map<string, string>();
  const publishes = events.filter((event): event is PublishAttempt => event.kind === 'publish');
  for (const attempt of publishes) {
    if (attempt.outcome !== 'ok') continue;
    const { id, room, content, seq } = attempt;
    const first = answered.get(`${room}/${id}`);
    if (first === undefined) answered.set(`${room}/${id}`, attempt);
    else if (first.seq !== seq) report('I8', `${room}: ${id} was answered with ${first.seq} and again with ${seq}`);
    once(numbers, `${room}:${seq}`, id, (one, other) => report('I2', `${room}: ${seq} was answered to ${one} and to ${other}`));
    const frame = frames.get(`${room}:${seq}`);
    if (frame !== undefined && (frame.data.id !== id || frame.data.content !== content)) {
      report('I1', `${room}: ${id} was answered with ${seq}, where clients saw ${frame.data.id}`);
    }
    const seen = seqs.get(`${room}/${id}`);
    if (seen !== undefined && seen !== seq) report('I1', `${room}: ${id} was answered with ${seq}, and clients saw it at ${seen}`);
  }
  checkRefusals(publishes, seqs, report);
}

/** A message whose every attempt was refused is seen by nobody. */
function checkRefusals(publishes: readonly PublishAttempt[], seqs: ReadonlyMap<string, number>, report: Report): void {
  const possible = new Set(publishes.filter(({ outcome }) => outcome !== 'fail').map(({ room, id }) => `${room}/${id}`));
  for (const { room, id, outcome } of publishes) {
    const seen = seqs.get(`${room}/${id}`);
    if (outcome === 'fail' && seen !== undefined && !possible.has(`${room}/${id}`)) report('I2', `${room}: ${id} was refused, and stands at ${seen}`);
  }
}

function messageKey(order: string, { data }: Frame): string {
  return `${order}/${data.client_id}/${data.id}`;
}

function once<T>(known: Map<string, T>, key: string, value: T, differs: (first: T, second: T) => void): void {
  const first = known.get(key);
  if (first === undefined) known.set(key, value);
  else if (first !== value) differs(first, value);
}
