// From what a client says to have received to where its delivery goes on.
import { Inject, Injectable } from '@nestjs/common';
import { DeliveryEngine } from '../engine/index.js';
import { isPersonalLog, type OpenedLog, type OpenedQueue, type QueueOwner, type ReceivedEntry, type ReceivedPositions, type ReceivedStatus, type Resumed } from '../log/index.js';

/** Where delivery goes on, and what was found to be true. */
export interface Resumption extends Resumed {
  readonly accepted: ReceivedPositions;
}

/**
 * Believes a client that it has received something, not that this is still what it was: the store may have lost it since and given the number again, or the
 * room may be another one of the same name. What cannot be shown to be the same is not taken, so it is delivered again.
 *
 * A position before the cursor counts too: connections of one client share the cursor, and another one may have moved it past what this one had.
 */
@Injectable()
export class Resumptions {
  constructor(@Inject(DeliveryEngine) private readonly engine: DeliveryEngine) {}

  async of(owner: QueueOwner, queue: OpenedQueue, { entries, status }: ReceivedPositions): Promise<Resumption> {
    const positions = new Map<string, number>();
    const accepted = new Map<string, ReceivedEntry>();
    await Promise.all(
      queue.logs.map(async (opened) => {
        const entry = entries.get(opened.log);
        if (entry === undefined || entry.seq > opened.head) return;
        // What the cursor says too needs no other proof.
        if (entry.seq !== opened.after && !(await this.isKept(owner.tenant, opened.log, entry))) return;
        positions.set(opened.log, await this.positionAt(owner, opened, entry.seq));
        accepted.set(opened.log, entry);
      }),
    );
    const isTold = status !== undefined && (await this.isGiven(owner.tenant, status));
    return {
      positions,
      presencePosition: isTold ? status.position : 0,
      accepted: { entries: accepted, status: isTold ? status : undefined },
    };
  }

  /** Not before the client joined, wherever its last event id is from. */
  private async positionAt({ tenant, clientId }: QueueOwner, { log, after, ended }: OpenedLog, seq: number): Promise<number> {
    if (seq >= after || isPersonalLog(log)) return seq;
    const member = ended === true ? undefined : await this.engine.getMember(tenant, log, clientId);
    return member === undefined ? after : Math.max(seq, member.joinedSeq);
  }

  /** Incarnations only rise along a log: one that is met at the number or behind it has not changed since. */
  private async isKept(tenant: string, log: string, { incarnation, seq }: ReceivedEntry): Promise<boolean> {
    const [kept] = await this.engine.readLog({ tenant, log }, seq - 1, 1);
    return kept?.incarnation === incarnation;
  }

  /** A client's newest status stands at its position or behind it. */
  private async isGiven(tenant: string, { clientId, position }: ReceivedStatus): Promise<boolean> {
    const [newest] = await this.engine.getPresence(tenant, [clientId]);
    return newest !== undefined && newest.position >= position;
  }
}
