// Cursors of paged listings: opaque to clients, the id after which the next page begins to us.
import { isIdentifier } from '../protocol/index.js';
import { fieldError } from './validated.js';

/** The longest cursor of an id of 128 characters. */
const MAX_CURSOR_LENGTH = 172;

/** The cursor of the page that begins behind `after`. */
export function encodeCursor(after: string): string {
  return Buffer.from(after).toString('base64url');
}

/**
 * The id that a cursor stands for.
 *
 * @throws ChatError `VALIDATION_ERROR` for anything that {@link encodeCursor} did not make.
 */
export function decodeCursor(cursor: string): string {
  const after = cursor.length <= MAX_CURSOR_LENGTH ? Buffer.from(cursor, 'base64url').toString() : '';
  if (!isIdentifier(after) || encodeCursor(after) !== cursor) throw fieldError({ cursor: ['cursor is not one that a listing gave'] });
  return after;
}
