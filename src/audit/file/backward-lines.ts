// The lines of a file from its end to its beginning, without ever having much of it in memory.
import type { FileHandle } from 'node:fs/promises';

const LINE_FEED = 0x0a;

/** How much is read at once, bytes. */
export const READ_BYTES = 64 * 1024;

/** A line longer than about this is no record and left out, bytes. */
export const MAX_LINE_BYTES = 256 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/** A line without its line feed. */
export interface Line {
  /** Where it begins in the file. */
  readonly start: number;
  readonly text: Buffer;
}

/**
 * The lines that end before `end`, by the read, newest first. What stands behind the last line feed is no line yet: it is still being
 * written, or was torn.
 */
export async function* backwardLines(handle: FileHandle, end: number): AsyncGenerator<Line[]> {
  // The left part of the line that the read before this began in the middle of.
  let carry = NOTHING;
  let unusable = true;
  let position = end;
  while (position > 0) {
    const from = Math.max(0, position - READ_BYTES);
    const part = Buffer.alloc(position - from);
    const { bytesRead } = await handle.read(part, 0, part.length, from);
    // Shorter than it was: nobody but its owner does that, and nothing in it can be placed any more.
    if (bytesRead < part.length) return;
    const bytes = carry.length === 0 ? part : Buffer.concat([part, carry]);
    const lines: Line[] = [];
    let lineEnd = bytes.length;
    for (let feed = bytes.lastIndexOf(LINE_FEED); feed !== -1; feed = feed === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, feed - 1)) {
      if (!unusable && lineEnd > feed + 1) lines.push({ start: from + feed + 1, text: bytes.subarray(feed + 1, lineEnd) });
      unusable = false;
      lineEnd = feed;
    }
    if (from === 0 && !unusable && lineEnd > 0) lines.push({ start: 0, text: bytes.subarray(0, lineEnd) });
    unusable ||= lineEnd > MAX_LINE_BYTES;
    carry = unusable ? NOTHING : bytes.subarray(0, lineEnd);
    yield lines;
    position = from;
  }
}
