// Provides the registry of connections and the way in.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { ConnectionDrain } from './connection-drain.service.js';
import { ConnectionRegistry } from './connection-registry.js';
import { DrainState } from './drain-state.js';
import { UpgradeHandler } from './upgrade-handler.js';

@Module({
  imports: [AuthModule],
  providers: [ConnectionDrain, ConnectionRegistry, DrainState, UpgradeHandler],
  exports: [ConnectionRegistry, DrainState],
})
export class ConnectionsModule {}
