// What a client receives of what its rooms send, and the seam where another rule is plugged in.
import { type Principal } from '../auth/index.js';
import { type Audience } from '../log/index.js';

/** The injection token of the filter in use. */
export const NotificationFilter = Symbol('NotificationFilter');

/**
 * Decides what of its logs a connection receives. Membership is decided before: a filter only ever leaves something out.
 *
 * @publicApi
 */
export interface NotificationFilter {
  /**
   * The audience that the bearer of a token belongs to; undefined for one that receives everything, which costs nothing at delivery.
   * Asked when a connection's queue is opened, and again when its token is replaced. When it throws, the connection is closed with
   * 1013.
   */
  audienceOf(principal: Principal): Audience | undefined;
}
