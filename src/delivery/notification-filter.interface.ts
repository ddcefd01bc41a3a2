// Which notifications a connection receives, and the seam where another rule is plugged in.
import type { Principal } from '../auth/index.js';
import type { Audience } from '../log/index.js';

export type { Audience };

/** The injection token of the filter in use. */
export const NotificationFilter = Symbol('NotificationFilter');

/**
 * Decides at delivery, after membership: of the notifications of its rooms, its own log and presence, which a connection
 * receives. What it excludes counts as delivered at that connection's position. Errors and control frames are no
 * notifications.
 *
 * @publicApi
 */
export interface NotificationFilter {
  /**
   * What a connection with this token receives; undefined for everything. Asked when the connection begins and whenever
   * its token is replaced. The connection of a principal at which this throws is closed.
   */
  audienceOf(principal: Principal): Audience | undefined;
}
