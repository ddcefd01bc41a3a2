// Provides what operators may ask and do.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { ConnectionsModule } from '../connections/index.js';
import { HttpModule } from '../http/index.js';
import { LimitsModule } from '../limits/index.js';
import { MetricsModule } from '../metrics/index.js';
import { AuditController } from './audit.controller.js';
import { BansController } from './bans.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { ConnectionsService } from './connections.service.js';
import { StatisticsOfNodes } from './statistics-of-nodes.service.js';
import { StatsController } from './stats.controller.js';
import { TokensController } from './tokens.controller.js';

@Module({
  imports: [AuthModule, LimitsModule, HttpModule, ConnectionsModule, MetricsModule],
  controllers: [AuditController, BansController, ConnectionsController, StatsController, TokensController],
  providers: [ConnectionsService, StatisticsOfNodes],
})
export class AdminModule {}
