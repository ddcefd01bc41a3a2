// Publishing: from what a client or backend wants said to the engine's append, and back to what it is told.
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { type AppendRequest, type AppendResult, DeliveryEngine } from '../engine/index.js';
import { ChatEvents, type Published } from '../events/index.js';
import { Clock, personalLog } from '../log/index.js';
import { ChatError, CUSTOM_TYPE_PATTERN, type MessageData, notificationId, NotificationType, RESERVED_TYPES } from '../protocol/index.js';
import { DeliveryTracing } from './delivery-tracing.interface.js';
import { derivedMessageId, randomMessageId } from './publication-ids.js';
import { type CustomPublication, type MessagePublication, type Publication, type PublishedMessage, type PublishedNotification } from './publication.js';

/**
 * Publishes messages and custom notifications. Knows no transport: HTTP and the gateway come here alike. Delivery is
 * the business of the engine's live feed.
 *
 * @publicApi
 */
@Injectable()
export class NotificationPublisher {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
    @Optional() @Inject(DeliveryTracing) private readonly tracing?: DeliveryTracing,
  ) {}

  /**
   * Publishes one message; resolves when it is durable.
   *
   * @throws ChatError `PAYLOAD_TOO_LARGE`, or what the engine refuses with (`ROOM_NOT_FOUND`, `STORE_FULL` …).
   */
  async publishMessage(message: Omit<MessagePublication, 'kind'>): Promise<PublishedMessage> {
    const [outcome] = await this.publishAll([{ ...message, kind: 'message' }]);
    if (outcome instanceof Error) throw outcome;
    return outcome as PublishedMessage;
  }

  /**
   * Publishes one custom notification; resolves when it is durable.
   *
   * @throws ChatError `VALIDATION_ERROR` for a type of the protocol's own, `PAYLOAD_TOO_LARGE`, or what the engine refuses with.
   */
  async publishNotification(notification: Omit<CustomPublication, 'kind'>): Promise<PublishedNotification> {
    const [outcome] = await this.publishAll([{ ...notification, kind: 'custom' }]);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /**
   * Publishes many with one append. Outcomes are in the same order; the refusal of one does not touch the others.
   * Rejects only when the store as a whole does.
   */
  async publishAll(publications: readonly Publication[]): Promise<(PublishedMessage | PublishedNotification | Error)[]> {
    const at = this.clock.now();
    const prepared = publications.map((publication) => this.prepare(publication, at));
    const accepted = prepared.filter((item): item is PreparedPublication => !(item instanceof ChatError));
    const results = accepted.length === 0 ? [] : await this.append(accepted);
    this.announce(accepted, results);
    let next = 0;
    return prepared.map((item) => {
      if (item instanceof ChatError) return item;
      const result = results[next++];
      return result instanceof Error ? result : item.published(result);
    });
  }

  private append(accepted: readonly PreparedPublication[]): Promise<(AppendResult | Error)[]> {
    if (this.tracing === undefined) return this.engine.append(accepted.map(({ request }) => request));
    return this.tracing.append(accepted, (requests) => this.engine.append(requests));
  }

  private announce(accepted: readonly PreparedPublication[], results: readonly (AppendResult | Error)[]): void {
    if (!this.events.wanted('published')) return;
    const published = accepted.flatMap(({ publisher, request: { tenant, log, type } }, i): Published[] => {
      const result = results[i];
      if (result instanceof Error || result.duplicate) return [];
      const { seq, incarnation } = result;
      return [{ tenant, log, publisher, type, seq, id: notificationId(log, incarnation, seq) }];
    });
    if (published.length > 0) this.events.emit('published', published);
  }

  private prepare(publication: Publication, at: number): PreparedPublication | ChatError {
    const prepared = publication.kind === 'message' ? prepareMessage(publication, at) : prepareCustom(publication, at);
    if (prepared instanceof ChatError) return prepared;
    const { maxPayloadBytes } = this.settings;
    if (prepared.payloadBytes <= maxPayloadBytes) return prepared;
    return new ChatError('PAYLOAD_TOO_LARGE', `The content takes ${prepared.payloadBytes} bytes; ${maxPayloadBytes} are allowed`);
  }
}

/** A publication as the engine takes it. */
interface PreparedPublication {
  /** Who publishes it, whoever the author is. */
  readonly publisher: string;
  readonly traceparent: string | undefined;
  readonly request: AppendRequest;
  /** What MAX_PAYLOAD_BYTES limits: content and metadata, or a custom notification's data, in UTF-8. */
  readonly payloadBytes: number;
  /** What the publisher is told. */
  readonly published: (result: AppendResult) => PublishedMessage | PublishedNotification;
}

function prepareMessage(message: MessagePublication, at: number): PreparedPublication {
  const { tenant, roomId, clientId, content, idempotencyKey } = message;
  const metadata = message.metadata ?? undefined;
  const chosenId = message.id ?? (idempotencyKey === undefined ? undefined : derivedMessageId(tenant, roomId, clientId, idempotencyKey));
  // In the order of the specification's example: some clients show the text as it comes.
  const data: MessageData = {
    id: chosenId ?? randomMessageId(),
    room_id: roomId,
    client_id: clientId,
    content,
    timestamp: new Date(at).toISOString(),
    ...(metadata !== undefined && { metadata }),
  };
  const metadataBytes = metadata === undefined ? 0 : Buffer.byteLength(JSON.stringify(metadata));
  return {
    publisher: message.publisher ?? clientId,
    traceparent: message.traceparent,
    payloadBytes: Buffer.byteLength(content) + metadataBytes,
    request: {
      tenant,
      log: roomId,
      type: NotificationType.Message,
      data: JSON.stringify(data),
      at,
      ...(message.requireMember && { author: clientId }),
      ...(chosenId !== undefined && { idempotency: { sender: clientId, id: chosenId } }),
    },
    published: ({ seq, at: publishedAt, firstData }) => {
      const first = firstData === undefined ? { ...data, timestamp: new Date(publishedAt).toISOString() } : (JSON.parse(firstData) as MessageData);
      return { ...first, seq };
    },
  };
}

function prepareCustom(notification: CustomPublication, at: number): PreparedPublication | ChatError {
  const { tenant, target, type, sender } = notification;
  if (!CUSTOM_TYPE_PATTERN.test(type) || RESERVED_TYPES.has(type)) {
    const rule = 'type must be a lower-case letter, then letters, digits, _ and . (64 in all), and not a type of the protocol itself';
    return new ChatError('VALIDATION_ERROR', undefined, { errors: { type: [rule] } });
  }
  const [log, named] = 'roomId' in target ? [target.roomId, { room_id: target.roomId }] : [personalLog(target.clientId), { client_id: target.clientId }];
  const data = JSON.stringify(notification.data);
  const idempotencyId = customIdempotencyId(notification);
  return {
    publisher: sender,
    traceparent: notification.traceparent,
    payloadBytes: Buffer.byteLength(data),
    request: { tenant, log, type, data, at, ...(idempotencyId !== undefined && { idempotency: { sender, id: idempotencyId } }) },
    published: ({ seq, incarnation, at: publishedAt }) => ({
      id: notificationId(log, incarnation, seq),
      ...named,
      timestamp: new Date(publishedAt).toISOString(),
      seq,
    }),
  };
}

/** Ids hold no `/`, so these never meet the ids of messages, nor chosen ids those that are keys. */
function customIdempotencyId({ id, idempotencyKey }: CustomPublication): string | undefined {
  if (typeof id === 'string') return `custom/${id}`;
  return idempotencyKey === undefined ? undefined : `custom-key/${idempotencyKey}`;
}
