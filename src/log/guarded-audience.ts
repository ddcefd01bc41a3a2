// An audience that cannot do harm: it comes from outside, and what it throws ends here.
import type { Audience } from './audience.js';

/** Excludes what it cannot judge: an audience is a rule of access. */
export class GuardedAudience implements Audience {
  readonly key: string;

  constructor(
    private readonly audience: Audience,
    /** Called with what the audience threw; must not throw. */
    private readonly failed: (cause: unknown) => void,
  ) {
    this.key = audience.key;
  }

  receives(type: string, log: string, notification: () => unknown): boolean {
    try {
      // Nothing else that is true: a promise is no answer.
      return this.audience.receives(type, log, notification) === true;
    } catch (cause) {
      this.failed(cause);
      return false;
    }
  }
}
