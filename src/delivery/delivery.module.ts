// Provides delivery and publishing.
import { Module } from '@nestjs/common';
import { DebugMode } from './debug-mode.js';
import { DeliveryEvents } from './delivery-events.js';
import { DeliveryQueue } from './delivery-queue.js';
import { NotificationFilter } from './notification-filter.interface.js';
import { GivenNotificationFilter } from './notification-filter.module.js';
import { NotificationPublisher } from './notification-publisher.js';
import { SentPositions } from './sent-positions.interface.js';
import { TypeNotificationFilter } from './type-notification-filter.js';

/** Needs `Settings`, `Clock` and `DeliveryEngine` from a global module. */
@Module({
  providers: [
    DebugMode,
    DeliveryEvents,
    DeliveryQueue,
    NotificationPublisher,
    {
      provide: NotificationFilter,
      inject: [{ token: GivenNotificationFilter, optional: true }],
      useFactory: (given?: NotificationFilter): NotificationFilter => given ?? new TypeNotificationFilter(),
    },
    { provide: SentPositions, useExisting: DeliveryQueue },
  ],
  exports: [DeliveryEvents, DeliveryQueue, NotificationFilter, NotificationPublisher, SentPositions],
})
export class DeliveryModule {}
