// Publishing for trusted backends: custom notifications, and many at once.
import { Body, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { NotificationPublisher, type PublishedNotification } from '../delivery/index.js';
import { ApiController, IdempotencyKey, MAX_BULK_BODY_BYTES, Traceparent } from '../http/index.js';
import { HttpThrottlerGuard } from '../limits/index.js';
import { type BulkOutcome, BulkPublishService } from './bulk-publish.service.js';
import { NewNotification } from './dto/index.js';
import { clientIdPipe, roomIdPipe } from './path-pipes.js';

@ApiController()
@RequireScope(Scope.Publish)
export class PublishController {
  constructor(
    @Inject(NotificationPublisher) private readonly publisher: NotificationPublisher,
    @Inject(BulkPublishService) private readonly bulk: BulkPublishService,
  ) {}

  @Post('rooms/:room_id/notifications')
  @UseGuards(HttpThrottlerGuard)
  notifyRoom(
    @CurrentPrincipal() { tenant, clientId: sender }: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Body() { type, data, id }: NewNotification,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Traceparent() traceparent: string | undefined,
  ): Promise<PublishedNotification> {
    return this.publisher.publishNotification({ tenant, target: { roomId }, type, data, sender, id, idempotencyKey, traceparent });
  }

  @Post('clients/:client_id/notifications')
  @UseGuards(HttpThrottlerGuard)
  notifyClient(
    @CurrentPrincipal() { tenant, clientId: sender }: Principal,
    @Param('client_id', clientIdPipe) clientId: string,
    @Body() { type, data, id }: NewNotification,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Traceparent() traceparent: string | undefined,
  ): Promise<PublishedNotification> {
    return this.publisher.publishNotification({ tenant, target: { clientId }, type, data, sender, id, idempotencyKey, traceparent });
  }

  @Post('publish')
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: MAX_BULK_BODY_BYTES })
  async publish(
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Traceparent() traceparent: string | undefined,
  ): Promise<{ results: BulkOutcome[] }> {
    return { results: await this.bulk.publish(principal, body, { idempotencyKey, traceparent }) };
  }
}
