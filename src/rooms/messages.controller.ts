// /api/v1/rooms/:room_id/messages: sending to a room, its history, and receipts.
import { Body, Get, Header, Inject, type OnModuleInit, Param, Post, Query, UseGuards } from '@nestjs/common';
import { CurrentPrincipal, hasScope, type Principal, Scope } from '../auth/index.js';
import { NotificationPublisher, type PublishedMessage } from '../delivery/index.js';
import { ApiController, DirectRoutes, IdempotencyKey, type JsonText, ListingQuery, type PageAnswer, Traceparent } from '../http/index.js';
import { HttpThrottlerGuard } from '../limits/index.js';
import { ChatError } from '../protocol/index.js';
import { HistoryQuery, NewMessage } from './dto/index.js';
import { type HistoryPage, HistoryService } from './history.service.js';
import { roomIdPipe, sequencePipe } from './path-pipes.js';
import { type ReceiptAnswer, ReceiptsService } from './receipts.service.js';

/** Sending to a room, its history, and how far its messages got. */
@ApiController('rooms/:room_id/messages')
export class MessagesController implements OnModuleInit {
  constructor(
    @Inject(NotificationPublisher) private readonly publisher: NotificationPublisher,
    @Inject(HistoryService) private readonly history: HistoryService,
    @Inject(ReceiptsService) private readonly receipts: ReceiptsService,
    @Inject(DirectRoutes) private readonly direct: DirectRoutes,
  ) {}

  onModuleInit(): void {
    this.direct.add({
      prefix: '/rooms/',
      suffix: '/messages',
      body: NewMessage,
      handle: (principal, roomId, message, idempotencyKey, traceparent) => this.send(principal, roomId, message, idempotencyKey, traceparent),
    });
  }

  /**
   * Sends a message to a room.
   *
   * Answered when the message is stored. A trusted backend (scope `publish`) sends to any room, as anybody; everybody else to its own rooms, as
   * itself. Trying again is safe with an `id`, or an `Idempotency-Key`: a repetition is answered with the first result and delivered once.
   *
   * @throws ChatError `FORBIDDEN`, `PAYLOAD_TOO_LARGE`
   */
  @Post()
  @UseGuards(HttpThrottlerGuard)
  async send(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Body() { id, content, metadata, client_id }: NewMessage,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Traceparent() traceparent: string | undefined,
  ): Promise<PublishedMessage> {
    const isTrusted = hasScope(principal, Scope.Publish);
    const author = client_id ?? principal.clientId;
    if (!isTrusted && author !== principal.clientId) throw new ChatError('FORBIDDEN');
    return this.publisher.publishMessage({
      tenant: principal.tenant,
      roomId,
      clientId: author,
      publisher: principal.clientId,
      content,
      metadata,
      id,
      idempotencyKey,
      requireMember: !isTrusted,
      traceparent,
    });
  }

  /**
   * Reads a room's history.
   *
   * What its log still keeps, as it was delivered: notifications of every type, oldest first. For members and administrators.
   */
  @Get()
  @Header('Content-Type', 'application/json; charset=utf-8')
  read(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Query() query: HistoryQuery,
  ): Promise<JsonText<HistoryPage>> {
    return this.history.page(principal, roomId, query);
  }

  /**
   * Lists how far one message got with each member.
   *
   * For its author, trusted backends and administrators. In ascending order of client id. `delivered` is an acknowledgement by transport,
   * `acknowledged` one by an `ack` frame.
   *
   * @throws ChatError `FORBIDDEN`
   */
  @Get(':seq/receipts')
  listReceipts(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Param('seq', sequencePipe) seq: number,
    @Query() query: ListingQuery,
  ): Promise<PageAnswer<ReceiptAnswer>> {
    return this.receipts.page(principal, roomId, seq, query);
  }
}
