// A client that joins and leaves one room, by the word of somebody who asks whichever server lives.
import { eventually } from '../../support/eventually.js';
import type { History } from '../../support/history.js';
import type { Random } from '../random.js';
import type { FaultyService } from './faulty-service.js';

const SURE_WITHIN_MS = 45_000;

/** One membership, changed by nobody else. */
export class Churn {
  /** As the newest change that was answered has it. */
  isMember = true;
  private isBusy = false;
  /** A change of which nobody knows whether it was carried out, or still will be: nothing else is asked for meanwhile. */
  private unknown: 'join' | 'leave' | undefined;

  constructor(
    private readonly service: FaultyService,
    private readonly history: History,
    private readonly random: Random,
    readonly room: string,
    readonly client: string,
  ) {}

  /** Joins or leaves, unless a change is under way or of unknown outcome. */
  async change(): Promise<void> {
    if (this.isBusy || this.unknown !== undefined) return;
    await this.ask(this.random.chance(0.5) ? 'join' : 'leave');
  }

  /** Once every server lives: asks again for what is of unknown outcome, until it is answered. */
  async makeSure(): Promise<void> {
    await eventually(
      `the outcome of a change of ${this.client} in ${this.room}`,
      async () => {
        if (this.unknown !== undefined) await this.ask(this.unknown);
        return this.unknown === undefined && !this.isBusy;
      },
      SURE_WITHIN_MS,
    );
  }

  private async ask(change: 'join' | 'leave'): Promise<void> {
    this.isBusy = true;
    const { admin } = this.service.anyUsable(this.random);
    const { room, client } = this;
    const status = await (change === 'join' ? admin.addMember(room, client) : admin.removeMember(room, client)).then(
      (answer) => answer.status,
      () => undefined,
    );
    const isDone = status === 204;
    this.unknown = isDone ? undefined : change;
    if (isDone) this.isMember = change === 'join';
    this.history.record({ kind: 'membership', room, client, change, silent: false, outcome: isDone ? 'ok' : 'unknown' });
    this.isBusy = false;
  }
}
