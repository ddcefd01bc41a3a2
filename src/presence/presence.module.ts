// Provides presence.
import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { PresenceService } from './presence.service.js';

@Module({ imports: [DeliveryModule], providers: [PresenceService], exports: [PresenceService] })
export class PresenceModule {}
