// A connection's commands: handled one after the other, and no more of them waiting than a bound.

/** Commands that may wait; past it the socket is not read until half of them are done. */
const MAX_WAITING = 256;

/** Where commands come from. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** Runs tasks in the order in which they were added. A task that rejects does not stop those behind it. */
export class CommandChain {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;
  private paused = false;
  private leave: (() => void) | undefined;

  constructor(private readonly source: Pausable) {}

  /** Runs a task when all before it are done. */
  add(task: () => Promise<void>): void {
    this.waiting++;
    if (this.waiting > MAX_WAITING && !this.paused) {
      this.paused = true;
      this.source.pause();
    }
    this.last = this.last.then(() => this.run(task));
  }

  /** Called by the task that runs: those behind it need not wait for it any longer. */
  proceed(): void {
    this.leave?.();
  }

  private run(task: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const leave = (): void => {
        if (this.leave !== leave) return;
        this.leave = undefined;
        this.done();
        resolve();
      };
      this.leave = leave;
      task().then(leave, leave);
    });
  }

  private done(): void {
    this.waiting--;
    if (this.paused && this.waiting <= MAX_WAITING / 2) {
      this.paused = false;
      this.source.resume();
    }
  }
}
