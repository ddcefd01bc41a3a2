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

/** Publishing for trusted backends: custom notifications, and many at once. */
@ApiController()
@RequireScope(Scope.Publish)
export class PublishController {
  constructor(
    @Inject(NotificationPublisher) private readonly publisher: NotificationPublisher,
    @Inject(BulkPublishService) private readonly bulk: BulkPublishService,
  ) {}

  /**
   * Publishes a custom notification to a room.
   *
   * Answered when it is stored. Trying again is safe with an `id`, or an `Idempotency-Key`.
   *
   * @throws ChatError `PAYLOAD_TOO_LARGE`
   */
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

  /**
   * Publishes a custom notification to one client.
   *
   * It stands in the client's own order, which acknowledgements, queues and overflows call `@<client_id>`. Trying again is safe with an `id`, or an
   * `Idempotency-Key`.
   *
   * @throws ChatError `PAYLOAD_TOO_LARGE`
   */
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

  /**
   * Publishes many at once.
   *
   * An array of at most 1,000 items, or newline-delimited JSON of at most 10,000 lines. The answer has a result for each, in order, with a status of
   * its own: one that is refused does not touch the others. Those at the end that the rate limit has no room for are refused with 429; the whole
   * request when there is room for none.
   *
   * @reads application/json BulkItem[]
   * @reads application/x-ndjson
   * @throws ChatError `RATE_LIMIT_EXCEEDED`
   */
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
