// Audiences of all kinds, and which of them a connection had when.
import type { Audience } from '../../../src/log/index.js';
import type { OrderedEntry } from './model-log.js';

interface Notification {
  readonly data: { readonly n?: number };
}

function audience(key: string, receives: Audience['receives']): Audience {
  return { key, receives };
}

const byNumber = (chosen: (n: number) => boolean): Audience['receives'] => (_type, _log, notification) => chosen((notification() as Notification).data.n ?? 0);

/** By type, by log, by what is in the notification, nothing at all, and one that cannot always say. */
export const AUDIENCES: readonly (Audience | undefined)[] = [
  undefined,
  undefined,
  audience('messages', (type) => type === 'message'),
  audience('updates', (type) => type === 'room_update' || type === 'client_status'),
  audience('rooms', (_type, log) => !log.startsWith('@')),
  audience('even', byNumber((n) => n % 2 === 0)),
  audience('nothing', () => false),
  audience('fails', byNumber((n) => {
    if (n % 3 === 0) throw new Error('this audience cannot say');
    return true;
  })),
];

/** What an audience says; one that cannot say does not receive. */
export function isFor(who: Audience | undefined, type: string, log: string, notification: () => unknown): boolean {
  try {
    return who === undefined || who.receives(type, log, notification);
  } catch {
    return false;
  }
}

/** The audiences of one connection, each up to a point in the order of everything that was ever published. */
export class AudienceHistory {
  private readonly spans: { readonly who: Audience | undefined; until: number }[];

  constructor(first: Audience | undefined) {
    this.spans = [{ who: first, until: Infinity }];
  }

  get current(): Audience | undefined {
    return this.spans.at(-1)?.who;
  }

  /** Another one is in force from now on: what was published before may have met either. */
  change(who: Audience | undefined, published: number): void {
    this.end(published);
    this.spans.push({ who, until: Infinity });
  }

  /** Nothing is decided any more. */
  end(published: number): void {
    const last = this.spans.at(-1);
    if (last !== undefined) last.until = Math.min(last.until, published);
  }

  /** Whether an entry may have been left out. */
  leavesOut(log: string, { type, data, order }: OrderedEntry): boolean {
    return this.spans.some(({ who, until }) => order < until && !isFor(who, type, log, () => ({ type, data: JSON.parse(data) as unknown })));
  }
}
