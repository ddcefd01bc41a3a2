// The default filter: a token with scopes `receive:<type>` receives notifications of these types alone.
import { Injectable } from '@nestjs/common';
import { type Principal } from '../auth/index.js';
import { type Audience } from '../log/index.js';
import { type NotificationFilter } from './notification-filter.interface.js';

const PREFIX = 'receive:';

/**
 * Reads the types from the token's scope. There is no wildcard: a token without any `receive:` receives everything.
 *
 * @publicApi
 */
@Injectable()
export class TypeNotificationFilter implements NotificationFilter {
  audienceOf({ scopes }: Principal): Audience | undefined {
    const types = [...scopes].filter((word) => word.startsWith(PREFIX)).map((word) => word.slice(PREFIX.length));
    return types.length === 0 ? undefined : new TypeAudience(types);
  }
}

/** Those who receive certain types. */
class TypeAudience implements Audience {
  readonly key: string;
  private readonly types: ReadonlySet<string>;

  constructor(types: readonly string[]) {
    this.types = new Set(types);
    // Words of a scope hold no space.
    this.key = [...this.types].sort().join(' ');
  }

  receives(type: string): boolean {
    return this.types.has(type);
  }
}
