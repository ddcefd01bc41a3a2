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

/** The body of `GET /livez`. */
interface LivenessBody {
  status: 'ok';
}

/** The body of `GET /readyz`. */
interface ReadinessBody {
  status: 'ready' | 'draining';
}

/** The part of a Fastify or Express reply that is used here. */
interface StatusReply {
  status(code: number): unknown;
}

/** Does this server deliver, does it live, does it take new connections. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly delivery: DeliveryHealthIndicator,
    private readonly registry: ConnectionRegistry,
    private readonly drain: DrainState,
  ) {}

  /**
   * Reads whether notifications are delivered.
   *
   * A canary notification goes through the store and back every few seconds.
   *
   * @answers 503 Notifications are not delivered.
   */
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

  /** Reads whether the process answers at all. */
  @Get('livez')
  @HttpCode(200)
  live(): LivenessBody {
    return { status: 'ok' };
  }

  /**
   * Reads whether new connections should be sent here.
   *
   * @answers 503 The server is shutting down.
   */
  @Get('readyz')
  ready(@Res({ passthrough: true }) reply: StatusReply): ReadinessBody {
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
