// /api/v1/stats: how the servers are, in numbers.
import { Get, Header, Inject } from '@nestjs/common';
import { RequireScope, Scope } from '../auth/index.js';
import { ApiController } from '../http/index.js';
import { type StatisticsAnswer, StatisticsOfNodes } from './statistics-of-nodes.service.js';

/** How the servers are, in numbers. */
@ApiController('stats')
@RequireScope(Scope.Admin)
export class StatsController {
  constructor(@Inject(StatisticsOfNodes) private readonly statistics: StatisticsOfNodes) {}

  /**
   * Reads the numbers of all servers.
   *
   * Of whole servers, over all tenants; none of them names a client or a room. Totals count from a server's start: a rate is the difference of two answers.
   */
  @Get()
  @Header('Cache-Control', 'no-store')
  read(): Promise<StatisticsAnswer> {
    return this.statistics.all();
  }
}
