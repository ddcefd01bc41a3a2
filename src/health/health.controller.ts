// Health: does this server deliver, does it live, does it take new connections.
import { Controller, Get, Header, HttpCode, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { ConnectionRegistry, DrainState } from '../connections/index.js';
import { DeliveryHealthIndicator } from './delivery.health.js';

/** The body of `GET /ws/health`: the specification's three fields, and what was checked. */
interface HealthBody {
  status: 'healthy' | 'unhealthy';
  active_connections: number;
  uptime_seconds: number;
  checks: Record<string, unknown>;
}

/** The part of a Fastify or Express reply that is used here. */
interface StatusReply {
  status(code: number): unknown;
}

@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly delivery: DeliveryHealthIndicator,
    private readonly registry: ConnectionRegistry,
    private readonly drain: DrainState,
  ) {}

  /** 200 while notifications are delivered, 503 when they are not. */
  @Get('ws/health')
  @HealthCheck({ swaggerDocumentation: false })
  @Header('Cache-Control', 'no-store')
  async check(@Res({ passthrough: true }) reply: StatusReply): Promise<HealthBody> {
    const result = await this.result();
    const healthy = result.status === 'ok';
    reply.status(healthy ? 200 : 503);
    return {
      status: healthy ? 'healthy' : 'unhealthy',
      active_connections: this.registry.size,
      uptime_seconds: Math.floor(process.uptime()),
      checks: result.details,
    };
  }

  /** Whether the process answers at all. */
  @Get('livez')
  @HttpCode(200)
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Whether new connections should be sent here: 503 while draining. */
  @Get('readyz')
  ready(@Res({ passthrough: true }) reply: StatusReply): { status: string } {
    reply.status(this.drain.draining ? 503 : 200);
    return { status: this.drain.draining ? 'draining' : 'ready' };
  }

  private async result(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([() => this.delivery.check()]);
    } catch (error) {
      // Terminus reports a failed check by this exception, with the result as its response.
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }
}
