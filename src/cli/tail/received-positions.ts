// How far each room was received.

interface Position {
  /** What the log's ids begin with; another one for a log that was made anew. */
  prefix: string;
  seq: number;
  acknowledged: number;
}

/** The highest sequence number by log: a room, or `@<client_id>` for the client's own notifications. */
export class ReceivedPositions {
  private readonly positions = new Map<string, Position>();

  /** Notes a notification; false when it is one that came before. */
  note(id: string, seq: number): boolean {
    const log = id.slice(0, id.lastIndexOf(':'));
    const prefix = id.slice(0, id.length - String(seq).length);
    const position = this.positions.get(log);
    if (position?.prefix === prefix) {
      if (seq <= position.seq) return false;
      position.seq = seq;
    } else {
      this.positions.set(log, { prefix, seq, acknowledged: 0 });
    }
    return true;
  }

  /** Every log with something that was not taken before, and its highest sequence number. */
  takeUnacknowledged(): { room_id: string; seq: number }[] {
    const taken: { room_id: string; seq: number }[] = [];
    for (const [log, position] of this.positions) {
      if (position.acknowledged === position.seq) continue;
      position.acknowledged = position.seq;
      taken.push({ room_id: log, seq: position.seq });
    }
    return taken;
  }

  /** What was taken may not have arrived. */
  forgetAcknowledged(): void {
    for (const position of this.positions.values()) position.acknowledged = 0;
  }
}
