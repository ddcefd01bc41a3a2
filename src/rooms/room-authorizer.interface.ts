// Who may see a room, and the seam where another rule is plugged in.
import { type Principal } from '../auth/index.js';
import { type RoomRecord } from '../engine/index.js';

/** The injection token of the authoriser in use. */
export const RoomAuthorizer = Symbol('RoomAuthorizer');

/**
 * Decides who may see which room.
 *
 * @publicApi
 */
export interface RoomAuthorizer {
  /**
   * Resolves with the room when the principal may see it: its history, members and presence.
   *
   * @throws ChatError `ROOM_NOT_FOUND`, alike for a room that does not exist and one that it may not see.
   */
  visibleRoom(principal: Principal, roomId: string): Promise<RoomRecord>;
  /** The client whose rooms make up the principal's listing; undefined for one that sees all. */
  listingMember(principal: Principal): string | undefined;
}
