// Provides delivery and publishing.
import { Module } from '@nestjs/common';
import { DebugMode } from './debug-mode.js';
import { DeliveryEvents } from './delivery-events.js';
import { DeliveryQueue } from './delivery-queue.js';
import { NotificationPublisher } from './notification-publisher.js';
import { Resumptions } from './resumptions.js';
import { SentPositions } from './sent-positions.interface.js';

/** Needs `NotificationFilter`, `Settings`, `Clock` and `DeliveryEngine` from a global module. */
@Module({
  providers: [
    DebugMode,
    DeliveryEvents,
    DeliveryQueue,
    NotificationPublisher,
    Resumptions,
    { provide: SentPositions, useExisting: DeliveryQueue },
  ],
  exports: [DeliveryEvents, DeliveryQueue, NotificationPublisher, SentPositions],
})
export class DeliveryModule {}
