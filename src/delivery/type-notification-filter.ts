// The default rule: a token that names types receives those alone.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import type { Audience } from '../log/index.js';
import type { NotificationFilter } from './notification-filter.interface.js';

/** The scope that names a type begins so: `receive:message`, and any custom type in the same way. */
const RECEIVE = 'receive:';

/** Receives the types that it was given. */
class TypeAudience implements Audience {
  readonly key: string;
  private readonly types: ReadonlySet<string>;

  constructor(types: readonly string[]) {
    this.types = new Set(types);
    this.key = [...types].sort().join(' ');
  }

  receives(type: string): boolean {
    return this.types.has(type);
  }
}

@Injectable()
export class TypeNotificationFilter implements NotificationFilter {
  audienceOf({ scopes }: Principal): Audience | undefined {
    const types = [...scopes].filter((scope) => scope.startsWith(RECEIVE)).map((scope) => scope.slice(RECEIVE.length));
    return types.length === 0 ? undefined : new TypeAudience(types);
  }
}
