// Provides what operators may ask and do.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { ConnectionsModule } from '../connections/index.js';
import { HttpModule } from '../http/index.js';

@Module({ imports: [AuthModule, HttpModule, ConnectionsModule], controllers: [], providers: [] })
export class AdminModule {}
