// What a simulated connection is to receive, by the audiences that it has had.
import type { Audience } from '../../../src/log/index.js';
import { notificationId, NotificationType } from '../../../src/protocol/index.js';
import type { OrderedEntry } from './model-log.js';

/** Where the audience was changed, what was on its way then may follow either. */
export class SimulatedAudience {
  private readonly had: (Audience | undefined)[];

  constructor(first: Audience | undefined) {
    this.had = [first];
  }

  /** It is another from now on. */
  change(audience: Audience | undefined): void {
    this.had.push(audience);
  }

  /** Whether an entry may be left out. */
  mayExclude(log: string, entry: OrderedEntry): boolean {
    return this.had.some((audience) => !receives(audience, log, entry));
  }

  /** Whether an entry must not be written. */
  mustExclude(log: string, entry: OrderedEntry): boolean {
    return this.had.every((audience) => !receives(audience, log, entry));
  }

  /** Whether statuses may be left out. */
  get mayExcludeStatus(): boolean {
    return this.had.some((audience) => !receivesStatus(audience));
  }

  /** Whether statuses must not be written. */
  get mustExcludeStatus(): boolean {
    return this.had.every((audience) => !receivesStatus(audience));
  }
}

function receives(audience: Audience | undefined, log: string, { type, seq, data, incarnation }: OrderedEntry): boolean {
  const notification = (): unknown => ({ type, id: notificationId(log, incarnation, seq), seq, data: JSON.parse(data) as unknown });
  return audience === undefined || asked(() => audience.receives(type, log, notification));
}

function receivesStatus(audience: Audience | undefined): boolean {
  return audience === undefined || asked(() => audience.receives(NotificationType.ClientStatus, '', () => ({ data: {} })));
}

/** What an audience throws at is excluded. */
function asked(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}
