import type { AuditRecord } from '@chatapi/delivery';
import { Controller, Get, Param } from '@nestjs/common';
import { RecordKeeper } from './record-keeper.js';

@Controller('records')
export class RecordsController {
  constructor(private readonly records: RecordKeeper) {}

  @Get(':client_id')
  about(@Param('client_id') clientId: string): readonly AuditRecord[] {
    return this.records.about(clientId);
  }
}
