// The types that are the protocol's own.
import { CommandType } from './commands/command-type.js';
import type { ControlType } from './frames.js';
import { NotificationType } from './notification.js';

/** Every type of {@link ControlFrames}: one that is missing does not compile. */
const CONTROL_TYPES: Readonly<Record<ControlType, true>> = { connected: true, ack: true, token_expiring: true, reconnect: true, pong: true };

/** Types a backend may not publish as custom notifications: the protocol's own, and the control frames of `chatapi.v1`. */
export const RESERVED_TYPES: ReadonlySet<string> = new Set([
  ...Object.values(NotificationType),
  ...Object.keys(CONTROL_TYPES),
  ...Object.values(CommandType),
]);
