// Limits on bodies that are parsed already: depth, and keys that could reach a prototype.
import { ChatError, findDangerousKey, MAX_JSON_DEPTH } from '../protocol/index.js';

/**
 * Refuses a parsed body that nests deeper than `MAX_JSON_DEPTH` or holds a dangerous key.
 *
 * @throws ChatError `VALIDATION_ERROR`
 */
export function assertSafeJson(value: unknown): void {
  // Depth first: it stops at the limit, so that nothing below recurses into a bomb.
  if (!fitsDepth(value, MAX_JSON_DEPTH)) {
    throw new ChatError('VALIDATION_ERROR', `The body nests deeper than ${MAX_JSON_DEPTH} levels`);
  }
  if (findDangerousKey(value) !== undefined) throw new ChatError('VALIDATION_ERROR', 'The body holds a forbidden key');
}

function fitsDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => fitsDepth(inner, levels - 1));
}
