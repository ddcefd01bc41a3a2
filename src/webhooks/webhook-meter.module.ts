// Provides what webhooks count, also to those who watch an application without them.
import { Module } from '@nestjs/common';
import { WebhookMeter } from './webhook-meter.js';

@Module({ providers: [WebhookMeter], exports: [WebhookMeter] })
export class WebhookMeterModule {}
