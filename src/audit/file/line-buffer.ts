// Lines that wait to be written, in bounded memory.

/** Lines in the order in which they came. */
export class LineBuffer {
  private lines: string[] = [];
  private sizes: number[] = [];
  private waitingBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Bytes that wait. */
  get bytes(): number {
    return this.waitingBytes;
  }

  /** Lines that wait. */
  get count(): number {
    return this.lines.length;
  }

  /** Bytes of the line that is next; 0 when none waits. */
  get nextBytes(): number {
    return this.sizes[0] ?? 0;
  }

  /** Whether there was room for it. */
  add(line: string): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.waitingBytes + bytes > this.maxBytes) return false;
    this.lines.push(line);
    this.sizes.push(bytes);
    this.waitingBytes += bytes;
    return true;
  }

  /** Takes the next lines, up to so many bytes, and at least one. */
  take(maxBytes: number): Buffer {
    let bytes = this.nextBytes;
    let count = Math.min(1, this.lines.length);
    while (count < this.lines.length && bytes + this.sizes[count] <= maxBytes) bytes += this.sizes[count++];
    this.sizes.splice(0, count);
    this.waitingBytes -= bytes;
    return Buffer.from(this.lines.splice(0, count).join(''));
  }
}
