// The way to the store and back: calls are carried out later, answers and feed items arrive later still, in a random mix.
import type { AppendedEntry } from '../../../src/log/index.js';

interface PostedCall {
  carryOut(): () => void;
}

interface PendingAnswer {
  /** Feed items that have to be delivered before it. */
  behind: number;
  deliver(): void;
}

/**
 * Keeps the order that the engine's interface promises, and no more: calls are carried out in the order in which they
 * were posted, feed items come in their order, and an answer comes after all feed items of what it may contain.
 */
export class StoreLine {
  private calls: PostedCall[] = [];
  /** Undefined for those that were lost. */
  private items: (AppendedEntry | undefined)[] = [];
  private answers: PendingAnswer[] = [];
  private emitted = 0;
  private delivered = 0;
  private failures = 0;

  /** Takes a feed item. */
  emit(item: AppendedEntry): void {
    this.items.push(item);
    this.emitted++;
  }

  /**
   * Feed items of a log that are on their way are lost; these come instead, before any answer that may contain what was lost. An end that was not lost does not
   * come again.
   */
  lose(log: string, instead: readonly AppendedEntry[]): void {
    const first = this.items.findIndex((item) => item?.log === log);
    if (first < 0 && instead.some(({ change }) => change?.kind === 'deleted')) return;
    this.items = this.items.map((item) => (item?.log === log ? undefined : item));
    for (const item of instead) this.emit(item);
    if (first < 0) return;
    for (const answer of this.answers) if (answer.behind > this.delivered + first) answer.behind = this.emitted;
  }

  /** The next call to be carried out fails. */
  failNext(): void {
    this.failures++;
  }

  /** Calls do not fail any more. */
  mend(): void {
    this.failures = 0;
  }

  /** Posts a call. */
  post<T>(call: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.calls.push({
        carryOut: () => {
          if (this.failures > 0) {
            this.failures--;
            return () => reject(new Error('the store cannot answer now'));
          }
          const answer = call();
          return () => resolve(answer);
        },
      });
    });
  }

  /** Nothing is on its way. */
  get idle(): boolean {
    return this.calls.length === 0 && this.items.length === 0 && this.answers.length === 0;
  }

  /** Carries out posted calls. */
  carryOut(count: number): void {
    for (const call of this.calls.splice(0, count)) this.answers.push({ behind: this.emitted, deliver: call.carryOut() });
  }

  /** Takes the next feed items. */
  takeItems(count: number): AppendedEntry[] {
    const items = this.items.splice(0, count);
    this.delivered += items.length;
    return items.filter((item) => item !== undefined);
  }

  /** Delivers one of the answers that may come now; whoever waits for it goes on in the next microtask. */
  answer(choice: number): boolean {
    const ready = this.answers.filter(({ behind }) => behind <= this.delivered);
    const answer = ready[choice % Math.max(1, ready.length)];
    if (answer === undefined) return false;
    this.answers.splice(this.answers.indexOf(answer), 1);
    answer.deliver();
    return true;
  }

  /** The process ends: what is on its way is lost. */
  cut(): void {
    this.calls = [];
    this.items = [];
    this.answers = [];
    this.delivered = this.emitted;
    this.failures = 0;
  }
}
