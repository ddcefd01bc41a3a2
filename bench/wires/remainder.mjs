// What a WebSocket message held of a protocol message that goes on in the next one.

const NOTHING = Buffer.alloc(0);

/** Puts what was left over before the bytes that have come. One for each connection. */
export class Remainder {
  kept = NOTHING;

  /**
   * Reads `bytes` from `start` to `end`, after what was kept. `readMessages(bytes, start, end)` returns where the first message begins that is
   * not complete, and is not called again before the next bytes come.
   */
  read(bytes, start, end, readMessages) {
    if (this.kept.length === 0) {
      const rest = readMessages(bytes, start, end);
      if (rest < end) this.kept = Buffer.from(bytes.subarray(rest, end));
      return;
    }
    const joined = Buffer.concat([this.kept, bytes.subarray(start, end)]);
    const rest = readMessages(joined, 0, joined.length);
    this.kept = rest < joined.length ? joined.subarray(rest) : NOTHING;
  }
}
