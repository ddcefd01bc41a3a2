// How far everybody has come in each room, kept up to date as the history grows.
import { isOrdered, orderOf } from '../../support/frame.js';
import { type History, observerKey, type Observer } from '../../support/history.js';
import { incarnationOf } from '../../support/lost-branches.js';
import { milliseconds } from '../../support/room-order.js';

/** What there is of a room's newest incarnation that anybody has seen. */
interface RoomProgress {
  readonly incarnation: number;
  /** The highest number that was answered, or that anybody got. */
  head: number;
  /** By observer: the highest number that it got. */
  readonly reached: Map<string, number>;
}

/** What there is, against what each observer got. */
export class Progress {
  private readonly rooms = new Map<string, RoomProgress>();
  private looked = 0;

  constructor(private readonly history: History) {}

  /** What an observer lacks of a room, in words; undefined when it has come to the end. */
  missing(observer: Observer, room: string): string | undefined {
    this.look();
    const { head, reached } = this.room(room, 0);
    const number = reached.get(observerKey(observer)) ?? 0;
    return number < head ? `${observerKey(observer)} is at ${number} of ${head} in ${room}` : undefined;
  }

  private look(): void {
    const { events } = this.history;
    for (; this.looked < events.length; this.looked++) {
      const event = events[this.looked];
      if (event.kind === 'publish' && event.seq !== undefined) {
        const progress = this.room(event.room, 0);
        // What is older than the incarnation stands in it, or is lost.
        if ((milliseconds(event.timestamp) ?? Infinity) >= progress.incarnation) progress.head = Math.max(progress.head, event.seq);
      }
      if (event.kind !== 'frame' || !isOrdered(event.frame)) continue;
      const { seq } = event.frame;
      const incarnation = incarnationOf(event.frame);
      const progress = this.room(orderOf(event.frame), incarnation);
      if (progress.incarnation > incarnation) continue;
      progress.head = Math.max(progress.head, seq);
      const key = observerKey(event.observer);
      progress.reached.set(key, Math.max(progress.reached.get(key) ?? 0, seq));
    }
  }

  /** A room's newest incarnation, which may begin with this one. */
  private room(name: string, incarnation: number): RoomProgress {
    let progress = this.rooms.get(name);
    if (progress === undefined || progress.incarnation < incarnation) this.rooms.set(name, (progress = { incarnation, head: 0, reached: new Map() }));
    return progress;
  }
}
