import { AuditSink, ChatDeliveryModule, RoomAuthorizer } from '@chatapi/delivery';
import { Module } from '@nestjs/common';
import { CustomersController } from './customers/customers.controller.js';
import { OnlineCustomers } from './customers/online-customers.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { RecordKeeper } from './records/record-keeper.js';
import { RecordsModule } from './records/records.module.js';
import { ShopConfig } from './shop-config.js';
import { StaffRoomAuthorizer } from './support/staff-room-authorizer.js';

@Module({
  imports: [
    RecordsModule,
    ChatDeliveryModule.forRootAsync({
      useClass: ShopConfig,
      imports: [RecordsModule],
      replace: [
        { provide: RoomAuthorizer, useClass: StaffRoomAuthorizer },
        { provide: AuditSink, useExisting: RecordKeeper },
      ],
      without: ['console'],
    }),
  ],
  controllers: [CustomersController, OrdersController],
  providers: [OnlineCustomers, OrdersService],
})
export class AppModule {}
