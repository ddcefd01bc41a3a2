// The members of a room: who is in, who joins, who leaves.
import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { DeliveryEngine, type MemberChange } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { fieldError, type ListingQuery, type PageAnswer, toListingAnswer, toListingRequest } from '../http/index.js';
import { Clock } from '../log/index.js';
import { ChatError } from '../protocol/index.js';
import { MAX_MEMBER_CHANGES, type MemberChanges } from './dto/index.js';
import { type MemberAnswer, toMemberAnswer } from './room-answer.js';
import { RoomAuthorizer } from './room-authorizer.interface.js';

/** What a change of many members came to. */
export interface MemberChangesAnswer {
  added: number;
  removed: number;
}

@Injectable()
export class MembersService {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(RoomAuthorizer) private readonly authorizer: RoomAuthorizer,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
  ) {}

  /** In ascending order of id. @throws ChatError `ROOM_NOT_FOUND` */
  async list(principal: Principal, roomId: string, query: ListingQuery): Promise<PageAnswer<MemberAnswer>> {
    await this.authorizer.visibleRoom(principal, roomId);
    const page = await this.engine.listMembers(principal.tenant, roomId, toListingRequest(query));
    return toListingAnswer(page, query, ({ clientId }) => clientId, toMemberAnswer);
  }

  /** Idempotent. @throws ChatError `ROOM_NOT_FOUND` */
  async add(principal: Principal, roomId: string, clientId: string, silent: boolean): Promise<void> {
    await this.change(principal, roomId, [{ kind: 'add', clientId }], silent);
  }

  /**
   * Idempotent. An administrator removes anybody; a client itself, and not silently. A client that is not in the room,
   * or in a room that does not exist, is not told so: it is out, as it wished.
   *
   * @throws ChatError `FORBIDDEN`; `ROOM_NOT_FOUND` for administrators
   */
  async remove(principal: Principal, roomId: string, clientId: string, silent: boolean): Promise<void> {
    const isAdmin = hasScope(principal, Scope.Admin);
    if (!isAdmin && (clientId !== principal.clientId || silent)) throw new ChatError('FORBIDDEN');
    try {
      await this.change(principal, roomId, [{ kind: 'remove', clientId }], silent);
    } catch (error) {
      if (isAdmin || !(error instanceof ChatError && error.code === 'ROOM_NOT_FOUND')) throw error;
    }
  }

  /** Carries out all changes in one transaction. @throws ChatError `VALIDATION_ERROR`, `ROOM_NOT_FOUND` */
  async changeMany(principal: Principal, roomId: string, body: MemberChanges): Promise<MemberChangesAnswer> {
    const add = new Set(body.add);
    const remove = new Set(body.remove);
    if (add.size + remove.size > MAX_MEMBER_CHANGES) {
      throw fieldError({ add: [`add and remove must hold at most ${MAX_MEMBER_CHANGES} clients together`] });
    }
    if ([...add].some((clientId) => remove.has(clientId))) throw fieldError({ remove: ['nobody may stand in both add and remove'] });
    const changes = [
      ...[...add].map((clientId): MemberChange => ({ kind: 'add', clientId })),
      ...[...remove].map((clientId): MemberChange => ({ kind: 'remove', clientId })),
    ];
    return this.change(principal, roomId, changes, body.silent ?? false);
  }

  private async change({ tenant, clientId: by }: Principal, roomId: string, changes: MemberChange[], silent: boolean): Promise<MemberChangesAnswer> {
    const { added, removed } = await this.engine.changeMembers({ tenant, roomId, changes, silent, at: this.clock.now() });
    if (added.length > 0) this.events.emit('joined', { tenant, roomId, by, clientIds: added });
    if (removed.length > 0) this.events.emit('left', { tenant, roomId, by, clientIds: removed });
    return { added: added.length, removed: removed.length };
  }
}
