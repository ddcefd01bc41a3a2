// Provides webhooks: events of the server, sent to the operator's URLs.
import { Module } from '@nestjs/common';
import { WebhookMeterModule } from './webhook-meter.module.js';
import { WebhooksService } from './webhooks.service.js';

/** Listens to what happens; nothing below knows it. Needs `WebhookSender`, `Settings`, `Clock`, `ChatEvents` and `DeliveryEngine` from global modules. */
@Module({ imports: [WebhookMeterModule], providers: [WebhooksService] })
export class WebhooksModule {}
