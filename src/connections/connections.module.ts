// Provides the registry of connections and the way in.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { LimitsModule } from '../limits/index.js';
import { AccessEnforcement } from './access-enforcement.service.js';
import { ConnectionAdmission } from './connection-admission.service.js';
import { ConnectionCapacity } from './connection-capacity.service.js';
import { ConnectionDeadlines } from './connection-deadlines.service.js';
import { ConnectionDrain } from './connection-drain.service.js';
import { ConnectionLog } from './connection-log.service.js';
import { ConnectionRegistry } from './connection-registry.js';
import { DrainState } from './drain-state.js';
import { UpgradeHandler } from './upgrade-handler.js';

@Module({
  imports: [AuthModule, LimitsModule],
  providers: [
    AccessEnforcement,
    ConnectionAdmission,
    ConnectionCapacity,
    ConnectionDeadlines,
    ConnectionDrain,
    ConnectionLog,
    ConnectionRegistry,
    DrainState,
    UpgradeHandler,
  ],
  exports: [ConnectionAdmission, ConnectionCapacity, ConnectionDeadlines, ConnectionRegistry, DrainState],
})
export class ConnectionsModule {}
