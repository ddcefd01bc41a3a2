// GET /metrics: everything in Prometheus's text format.
import { Controller, Get, Header, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RequireScope, Scope } from '../auth/index.js';
import { ProblemFilter } from '../http/index.js';
import { MetricsGuard } from './metrics.guard.js';
import { MetricsRegistry } from './metrics-registry.js';

/** The part of a Fastify or Express reply that is used here. */
interface HeaderReply {
  header(name: string, value: string): unknown;
}

/** Metrics for Prometheus. */
@Controller('metrics')
@UseGuards(MetricsGuard)
@UseFilters(ProblemFilter)
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  /**
   * Reads all metrics in Prometheus's text format.
   *
   * For the bearer of METRICS_TOKEN, and administrators.
   *
   * @produces text/plain
   */
  @Get()
  @RequireScope(Scope.Admin)
  @Header('Cache-Control', 'no-store')
  async read(@Res({ passthrough: true }) reply: HeaderReply): Promise<string> {
    const text = await this.metrics.text();
    reply.header('Content-Type', this.metrics.contentType);
    return text;
  }
}
