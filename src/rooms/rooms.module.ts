// The HTTP API over rooms, their members, what is published to them and to clients.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { DeliveryModule } from '../delivery/index.js';
import { DirectRoutes, HttpModule } from '../http/index.js';
import { LimitsModule } from '../limits/index.js';
import { BulkPublishService } from './bulk-publish.service.js';
import { ClientsController } from './clients.controller.js';
import { HistoryService } from './history.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MessagesController } from './messages.controller.js';
import { PresenceLookup } from './presence-lookup.service.js';
import { PublishController } from './publish.controller.js';
import { QueueInspectionService } from './queue-inspection.service.js';
import { ReceiptsService } from './receipts.service.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';

/** Needs `RoomAuthorizer`, `DeliveryEngine`, `Settings` and `Clock` from a global module. */
@Module({
  imports: [AuthModule, LimitsModule, HttpModule, DeliveryModule],
  controllers: [RoomsController, MembersController, MessagesController, PublishController, ClientsController],
  providers: [
    DirectRoutes,
    RoomsService,
    MembersService,
    PresenceLookup,
    HistoryService,
    ReceiptsService,
    BulkPublishService,
    QueueInspectionService,
  ],
  exports: [DirectRoutes, MembersService, RoomsService],
})
export class RoomsModule {}
