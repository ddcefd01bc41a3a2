import { Module } from '@nestjs/common';
import { RecordKeeper } from './record-keeper.js';
import { RecordsController } from './records.controller.js';

@Module({ controllers: [RecordsController], providers: [RecordKeeper], exports: [RecordKeeper] })
export class RecordsModule {}
