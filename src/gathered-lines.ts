// Log lines that come shortly one after the other, written together.
import type { DestinationStream } from 'pino';

/** How long a line waits for others at most, ms. So much a process loses that is killed by SIGKILL. */
const GATHER_MS = 50;

/** Characters that are not waited with. */
const ENOUGH_CHARACTERS = 16 * 1024;

/**
 * A write wakes a thread of the pool, and that one the event loop again: 40 µs of CPU time for every connection in a storm.
 * Whatever ends the process but SIGKILL writes the rest first.
 */
export class GatheredLines implements DestinationStream {
  private lines = '';
  private timer: NodeJS.Timeout | undefined;

  /** @param destination writes, or keeps for its own end, what it is given before the process's `exit` handlers are over */
  constructor(private readonly destination: DestinationStream) {
    // Before the destination's own, which write what it has.
    process.prependListener('beforeExit', () => this.flush());
    process.prependListener('exit', () => this.flush());
  }

  write(line: string): void {
    this.lines += line;
    if (this.lines.length >= ENOUGH_CHARACTERS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { lines } = this;
    if (lines === '') return;
    this.lines = '';
    this.destination.write(lines);
  }
}
