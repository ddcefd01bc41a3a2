// Joining and leaving: entries of the room's order, in one transaction with the member's row.
import type { AppendedEntry } from '../../log/index.js';
import type { MemberChange, MemberChangeRequest, MemberRecord, MembersChanged, Page, PageRequest } from '../delivery-engine.interface.js';
import type { CursorTable } from './cursor-table.js';
import { readPage } from '../listing-page.js';
import type { LogRow, LogTable } from './log-table.js';
import type { MemberTable } from './member-table.js';
import type { RoomTable } from './room-table.js';
import type { StoreCalls } from './store-operation.js';

/** Carries out the member calls of RoomStore. New entries go to `feed` as well. */
export class Membership implements Pick<StoreCalls, 'changeMembers' | 'getMember' | 'listMembers' | 'shareRoom'> {
  constructor(
    private readonly logs: LogTable,
    private readonly rooms: RoomTable,
    private readonly members: MemberTable,
    private readonly cursors: CursorTable,
    private readonly feed: AppendedEntry[],
  ) {}

  changeMembers({ tenant, roomId, changes, silent, at }: MemberChangeRequest): MembersChanged {
    const row = this.rooms.require(tenant, roomId);
    const changed: MembersChanged = { added: [], removed: [] };
    for (const change of changes) {
      if (!this.carryOut(row, change, at)) continue;
      changed[change.kind === 'add' ? 'added' : 'removed'].push(change.clientId);
      this.record(row, change, silent, at);
    }
    if (changed.added.length + changed.removed.length > 0) this.logs.save(row);
    return changed;
  }

  getMember(tenant: string, roomId: string, clientId: string): MemberRecord | undefined {
    const row = this.logs.find(tenant, roomId);
    return row === undefined || row.deletedAt !== null ? undefined : this.members.find(row.logId, clientId);
  }

  listMembers(tenant: string, roomId: string, page: PageRequest): Page<MemberRecord> {
    const { logId } = this.rooms.require(tenant, roomId);
    return readPage(page, (after, limit) => this.members.list(logId, after, limit), ({ clientId }) => clientId);
  }

  shareRoom(tenant: string, clientId: string, otherId: string): boolean {
    return clientId === otherId || this.members.share(tenant, clientId, otherId);
  }

  /** Whether the change changes anything. */
  private carryOut(row: LogRow, { kind, clientId }: MemberChange, at: number): boolean {
    if (kind === 'add') {
      if (this.members.find(row.logId, clientId) !== undefined) return false;
      this.members.add(row.logId, row.tenant, { clientId, joinedSeq: row.head, joinedAt: at });
      row.memberCount = (row.memberCount ?? 0) + 1;
      return true;
    }
    if (!this.members.remove(row.logId, clientId)) return false;
    this.cursors.forget(row.logId, clientId);
    row.memberCount = (row.memberCount ?? 0) - 1;
    return true;
  }

  private record(row: LogRow, { kind, clientId }: MemberChange, silent: boolean, at: number): void {
    const change = { kind: kind === 'add' ? 'joined' : 'left', clientId } as const;
    if (!silent) {
      this.rooms.announce(row, { event: kind === 'add' ? 'client_joined' : 'client_left', client_id: clientId }, at, change);
      return;
    }
    const seq = this.logs.skip(row, at);
    this.feed.push({ tenant: row.tenant, log: row.log, seq, change, memberCount: row.memberCount ?? 0 });
  }
}
