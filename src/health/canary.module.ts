// Provides the canary: whether notifications are delivered, also where no route says so.
import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { CanaryService } from './canary.service.js';

@Module({ imports: [DeliveryModule], providers: [CanaryService], exports: [CanaryService] })
export class CanaryModule {}
