// From raised cursors to what was delivered: a cursor also moves past what fell out of the queue, which reached nobody.
import type { CursorUpdate, DroppedRange, QueueOwner } from '../engine/index.js';
import type { Delivered } from '../events/index.js';
import { type Audience, ownerKey, type SeqRange } from '../log/index.js';

/** Remembers what each owner was told is dropped, until its cursor has passed it or it is gone. */
export class FirstDeliveries {
  /** By owner, then by log. */
  private readonly droppedRanges = new Map<string, Map<string, SeqRange[]>>();

  /** An owner was told that these fell out of its queue: its cursor will move past them. */
  dropped(owner: QueueOwner, dropped: readonly DroppedRange[]): void {
    const key = ownerKey(owner);
    let ranges = this.droppedRanges.get(key);
    if (ranges === undefined) this.droppedRanges.set(key, (ranges = new Map<string, SeqRange[]>()));
    for (const { log, fromSeq, toSeq } of dropped) {
      const ofLog = ranges.get(log);
      if (ofLog === undefined) ranges.set(log, [{ fromSeq, toSeq }]);
      else ofLog.push({ fromSeq, toSeq });
    }
  }

  /**
   * What a cursor that was raised says was delivered for the first time; nothing when the client had it on another device, or when
   * it was ignored.
   *
   * @param before the client's best position until then; undefined when the update was ignored
   * @param audience what the connection receives; undefined for everything
   */
  of({ tenant, clientId, device, log, seq }: CursorUpdate, before: number | undefined, audience?: Audience): Delivered[] {
    const dropped = this.passed({ tenant, clientId, device }, log, seq);
    if (before === undefined || seq <= before) return [];
    return without({ fromSeq: before + 1, toSeq: seq }, dropped).map((range) => ({
      tenant,
      clientId,
      device,
      log,
      ...range,
      ...(audience !== undefined && { audience }),
    }));
  }

  /** The owner has no connection any more: what it has not acknowledged it will be told again. */
  forget(owner: QueueOwner): void {
    this.droppedRanges.delete(ownerKey(owner));
  }

  /** What was dropped up to `seq`, in ascending order; it need not be remembered further. */
  private passed(owner: QueueOwner, log: string, seq: number): SeqRange[] {
    const key = ownerKey(owner);
    const ranges = this.droppedRanges.get(key);
    const ofLog = ranges?.get(log);
    if (ranges === undefined || ofLog === undefined) return [];
    const remaining = ofLog.filter(({ toSeq }) => toSeq > seq);
    if (remaining.length > 0) ranges.set(log, remaining);
    else ranges.delete(log);
    if (ranges.size === 0) this.droppedRanges.delete(key);
    return ofLog.filter(({ fromSeq }) => fromSeq <= seq).sort((a, b) => a.fromSeq - b.fromSeq);
  }
}

/** The parts of a range that stand in none of the holes, which come in ascending order. */
function without({ fromSeq, toSeq }: SeqRange, holes: readonly SeqRange[]): SeqRange[] {
  const parts: SeqRange[] = [];
  let next = fromSeq;
  for (const hole of holes) {
    if (hole.fromSeq > next) parts.push({ fromSeq: next, toSeq: Math.min(hole.fromSeq - 1, toSeq) });
    next = Math.max(next, hole.toSeq + 1);
  }
  if (next <= toSeq) parts.push({ fromSeq: next, toSeq });
  return parts;
}
