// The playground's state: one line, its feed, and what its cuts have cost. It goes on while other views are shown.
import { signal } from '@preact/signals';
import { duration, seconds } from '../format.js';
import { Feed } from './feed.js';
import { Line, type LineOptions, type LineState } from './line.js';
import { RecoveryWatch } from './recovery.js';

export const feed = new Feed();
export const recovery = new RecoveryWatch();

/** How the line stands, in a word and a sentence. */
export const lineState = signal<{ state: LineState; text: string }>({ state: 'offline', text: 'not connected' });

/** Who is connected; undefined before the first `connected`. */
export const identity = signal<{ clientId: string; connectionId: string } | undefined>(undefined);

/** How many connections were made. */
export const connectionsMade = signal(0);

/** From publishing to writing, as the newest debug data has it; milliseconds. */
export const latency = signal<number | undefined>(undefined);

/** Whether only ack frames acknowledge on this line. */
export const clientAcknowledges = signal(false);

/** How one connects when nothing else is said. */
export const DEFAULT_OPTIONS: Omit<LineOptions, 'token'> = { device: '', clientAcknowledges: false, debug: true };

let refs = 0;

const line = new Line({ stateChanged, frameArrived });

/** Connects a client. */
export function connect(options: LineOptions): void {
  feed.forget();
  recovery.reset();
  connectionsMade.value = 0;
  identity.value = undefined;
  latency.value = undefined;
  clientAcknowledges.value = options.clientAcknowledges;
  line.open(options);
}

/** Leaves. */
export function disconnect(): void {
  line.close();
}

/** Cuts the line; it comes back after that time. */
export function cut(awayMs: number): void {
  line.cut(awayMs);
}

/** Comes back at once. */
export function comeBack(): void {
  line.hurry();
}

/** Sends a message to a room; false when there is no line. */
export function sendMessage(roomId: string, content: string): boolean {
  // With an id of its own: sent again, it would be delivered once.
  return sendFrame({ type: 'message', ref: nextRef(), data: { room_id: roomId, content, id: crypto.randomUUID() } });
}

/** Acknowledges a room up to a number. */
export function acknowledge(roomId: string, seq: number): boolean {
  return sendFrame({ type: 'ack', ref: nextRef(), data: { room_id: roomId, seq } });
}

/** Says whether the client is looking. */
export function setPresence(status: 'online' | 'away'): boolean {
  return sendFrame({ type: 'presence', ref: nextRef(), data: { status } });
}

/** Sends whatever it is, as it is. */
export function sendText(text: string): boolean {
  const sent = line.send(text);
  if (sent) feed.sent(text);
  return sent;
}

function sendFrame(frame: object): boolean {
  return sendText(JSON.stringify(frame));
}

function nextRef(): string {
  return `c${++refs}`;
}

function stateChanged(state: LineState, text: string): void {
  lineState.value = { state, text };
  if (state === 'online') connectionsMade.value++;
  if (state === 'waiting' && connectionsMade.value > 0) {
    recovery.down();
    feed.mark(capital(text), 'warn');
  }
  if (state === 'offline') {
    recovery.reset();
    if (connectionsMade.value > 0) feed.mark(capital(text), 'quiet');
  }
}

function frameArrived(text: string): void {
  const { frame, duplicate } = feed.arrived(text);
  if (frame === undefined) return;
  if (typeof frame.debug?.latency_ms === 'number') latency.value = frame.debug.latency_ms;
  if (frame.type === 'connected') {
    const { client_id: clientId, connection_id: connectionId } = frame.data ?? {};
    identity.value = { clientId: String(clientId), connectionId: String(connectionId) };
  }
  const back = recovery.frame(frame, duplicate);
  if (back?.awayMs !== undefined) feed.mark(`Back after ${back.awayMs < 10_000 ? seconds(back.awayMs / 1000) : duration(back.awayMs)}: ${waited(back.queued)}`, 'good');
}

function waited(queued: number): string {
  if (queued === 0) return 'nothing was missed';
  return queued === 1 ? 'one notification waited' : `${queued} notifications waited`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
