// What an id may look like: client, tenant, room, device and message ids, and the types of custom notifications.

/** Client, tenant and room ids. Free of `/`, CR, LF and everything else that means something in a path or a log line. */
export const IDENTIFIER_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/;

/** Device names: as ids, at most 64 characters. */
export const DEVICE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$/;

/** The type of a custom notification. */
export const CUSTOM_TYPE_PATTERN = /^[a-z][a-z0-9_.]{0,63}$/;

/** The tenant of a token that names none. */
export const DEFAULT_TENANT = 'default';

/** The tenant of what the server does for itself: no token can name it, and nobody is told of it. */
export const SYSTEM_TENANT = '$system';

/** The device of a connection that names none: one position shared by all such connections of the client. */
export const SHARED_DEVICE = '';

/** True when `value` may be a client, tenant, room or message id. */
export function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER_PATTERN.test(value);
}
