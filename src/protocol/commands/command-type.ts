// The types of the frames that clients send.

/** The `type` of an inbound frame. */
export const CommandType = {
  Message: 'message',
  Ack: 'ack',
  Presence: 'presence',
  TokenRefresh: 'token_refresh',
  Ping: 'ping',
} as const;

/** One of the values of {@link CommandType}. */
export type CommandType = (typeof CommandType)[keyof typeof CommandType];
