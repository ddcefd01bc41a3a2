// How far everybody has come in each room, kept up to date as the history grows.
import { isOrdered, orderOf } from '../../support/frame.js';
import { type History, observerKey, type Observer } from '../../support/history.js';

/** What there is, against what each observer got. */
export class Progress {
  /** By room: the highest number that was answered, or that anybody got. */
  private readonly heads = new Map<string, number>();
  /** By observer and room: the highest number that it got. */
  private readonly reached = new Map<string, number>();
  private looked = 0;

  constructor(private readonly history: History) {}

  /** What an observer lacks of a room, in words; undefined when it has come to the end. */
  missing(observer: Observer, room: string): string | undefined {
    this.look();
    const head = this.heads.get(room) ?? 0;
    const reached = this.reached.get(`${observerKey(observer)} ${room}`) ?? 0;
    return reached < head ? `${observerKey(observer)} is at ${reached} of ${head} in ${room}` : undefined;
  }

  private look(): void {
    const { events } = this.history;
    for (; this.looked < events.length; this.looked++) {
      const event = events[this.looked];
      if (event.kind === 'publish' && event.seq !== undefined) raise(this.heads, event.room, event.seq);
      if (event.kind !== 'frame' || !isOrdered(event.frame)) continue;
      const room = orderOf(event.frame);
      raise(this.heads, room, event.frame.seq);
      raise(this.reached, `${observerKey(event.observer)} ${room}`, event.frame.seq);
    }
  }
}

function raise(numbers: Map<string, number>, key: string, value: number): void {
  numbers.set(key, Math.max(numbers.get(key) ?? 0, value));
}
