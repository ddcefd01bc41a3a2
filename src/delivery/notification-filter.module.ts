// Puts a team's own filter in the place of ours.
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type NotificationFilter } from './notification-filter.interface.js';

/** The injection token of the filter that a team has given; without one the default is used. */
export const GivenNotificationFilter = Symbol('GivenNotificationFilter');

/**
 * To be imported once beside what delivers.
 *
 * @publicApi
 */
@Global()
@Module({})
export class NotificationFilterModule {
  static forRoot(filter?: NotificationFilter): DynamicModule {
    if (filter === undefined) return { module: NotificationFilterModule };
    return { module: NotificationFilterModule, providers: [{ provide: GivenNotificationFilter, useValue: filter }], exports: [GivenNotificationFilter] };
  }
}
