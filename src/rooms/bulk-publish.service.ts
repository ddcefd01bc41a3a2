// Publishing many at once: each item stands or falls alone, and a batch is one append.
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Principal } from '../auth/index.js';
import { NotificationPublisher, type Publication, type PublishedMessage, type PublishedNotification } from '../delivery/index.js';
import { fieldError, type FieldErrors, NdjsonBody, parseNdjsonLine, toProblem, validated } from '../http/index.js';
import { RateLimits } from '../limits/index.js';
import { ChatError, NotificationType, type ToldErrorCode } from '../protocol/index.js';
import { BulkItem } from './dto/index.js';

/** The most items of an array; also how many lines of a longer body go into one append. */
export const MAX_BULK_ITEMS = 1000;

/** The most lines of a newline-delimited body. */
export const MAX_BULK_LINES = 10_000;

/** What became of one item: what it would have been answered with alone. */
export type BulkOutcome =
  | ({ status: 201 } & (PublishedMessage | PublishedNotification))
  | { status: number; code: ToldErrorCode; detail: string; errors?: FieldErrors; retry_after?: number };

/** What a request says of all its items. */
export interface BulkRequest {
  readonly idempotencyKey?: string | undefined;
  readonly traceparent?: string | undefined;
}

@Injectable()
export class BulkPublishService {
  private readonly logger = new Logger(BulkPublishService.name);

  constructor(
    @Inject(NotificationPublisher) private readonly publisher: NotificationPublisher,
    @Inject(RateLimits) private readonly limits: RateLimits,
  ) {}

  /**
   * Publishes every item, on behalf of a trusted backend.
   *
   * @param body An array, or a newline-delimited body.
   * @param of.idempotencyKey Stands for every item without an `id`, together with the item's place.
   * @returns An outcome for each item, in order; `RATE_LIMIT_EXCEEDED` for those at the end that the limit has no room for.
   * @throws ChatError `VALIDATION_ERROR` for a body that is neither, or holds too many, `RATE_LIMIT_EXCEEDED` when there is no room
   * for any; then nothing is published.
   */
  async publish(principal: Principal, body: unknown, { idempotencyKey, traceparent }: BulkRequest = {}): Promise<BulkOutcome[]> {
    const all = readersOf(body);
    const { readers, refusal } = await this.limited(principal, all);
    const outcomes: BulkOutcome[] = [];
    for (let start = 0; start < readers.length; start += MAX_BULK_ITEMS) {
      const batch = readers.slice(start, start + MAX_BULK_ITEMS).map((read, index) => {
        const key = idempotencyKey === undefined ? undefined : `${idempotencyKey}:${start + index}`;
        return attempt(() => toPublication(principal, validated(BulkItem, read()), { idempotencyKey: key, traceparent }));
      });
      const published = await this.publisher.publishAll(batch.filter((item): item is Publication => !(item instanceof Error)));
      let next = 0;
      for (const item of batch) outcomes.push(this.toOutcome(item instanceof Error ? item : published[next++]));
    }
    if (refusal !== undefined) for (let left = readers.length; left < all.length; left++) outcomes.push(this.toOutcome(refusal));
    return outcomes;
  }

  /** As many as the limit has room for, from the beginning; and what the rest is refused with. */
  private async limited<T>(principal: Principal, all: readonly T[]): Promise<{ readers: readonly T[]; refusal?: ChatError }> {
    const { granted, waitMs } = await this.limits.take(principal, all.length);
    if (granted >= all.length) return { readers: all };
    const count = all.length - granted;
    this.limits.exceeded(principal, { kind: this.limits.kindOf(principal), via: 'http', outcome: 'dropped', count });
    const refusal = this.limits.refusal(waitMs);
    if (granted === 0) throw refusal;
    return { readers: all.slice(0, granted), refusal };
  }

  private toOutcome(result: PublishedMessage | PublishedNotification | Error): BulkOutcome {
    if (!(result instanceof Error)) return { status: 201, ...result };
    const { status, code, detail, errors, retry_after: retryAfter } = toProblem(result);
    if (status >= 500) this.logger.error(result.stack ?? result.message);
    return {
      status,
      code,
      detail,
      ...(errors !== undefined && { errors }),
      ...(retryAfter !== undefined && { retry_after: retryAfter }),
    };
  }
}

/** The items of a body, each as a function that reads it, so that one which cannot be read fails alone. */
function readersOf(body: unknown): (() => unknown)[] {
  if (body instanceof NdjsonBody) {
    if (body.lines.length > MAX_BULK_LINES) throw new ChatError('VALIDATION_ERROR', `At most ${MAX_BULK_LINES} lines may be published at once`);
    return body.lines.map((line) => () => parseNdjsonLine(line));
  }
  if (!Array.isArray(body)) throw new ChatError('VALIDATION_ERROR', 'A JSON array or an application/x-ndjson body is expected');
  if (body.length > MAX_BULK_ITEMS) throw new ChatError('VALIDATION_ERROR', `At most ${MAX_BULK_ITEMS} items may be published at once`);
  return body.map((item: unknown) => () => item);
}

function attempt(make: () => Publication): Publication | ChatError {
  try {
    return make();
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
}

function toPublication(principal: Principal, item: BulkItem, { idempotencyKey, traceparent }: BulkRequest): Publication {
  const { tenant, clientId: sender } = principal;
  const { room_id: roomId, client_id: clientId, content, metadata, data, id, type = NotificationType.Message } = item;
  if (type === NotificationType.Message) {
    if (!roomId) throw fieldError({ room_id: ['a message needs room_id'] });
    if (!content) throw fieldError({ content: ['a message needs content'] });
    return { kind: 'message', tenant, roomId, clientId: clientId ?? sender, publisher: sender, content, metadata, id, idempotencyKey, requireMember: false, traceparent };
  }
  if (!data) throw fieldError({ data: ['a custom notification needs data'] });
  if (roomId && clientId) throw fieldError({ client_id: ['a custom notification goes to room_id or to client_id, not to both'] });
  if (roomId) return { kind: 'custom', tenant, target: { roomId }, type, data, sender, id, idempotencyKey, traceparent };
  if (clientId) return { kind: 'custom', tenant, target: { clientId }, type, data, sender, id, idempotencyKey, traceparent };
  throw fieldError({ room_id: ['a custom notification needs room_id or client_id'] });
}
