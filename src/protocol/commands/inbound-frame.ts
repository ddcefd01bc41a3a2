// Reading one inbound frame: JSON, a known shape, bounded depth. What the command's data holds is validated later.
import { ChatError } from '../chat-error.js';
import { findDangerousKey, isDeeperThan, isJsonObject, MAX_JSON_DEPTH } from '../json-guard.js';

/** The longest `ref` that is echoed, in characters. */
export const MAX_REF_LENGTH = 64;

/** A frame whose envelope is valid. */
export interface InboundFrame {
  type: string;
  ref?: string;
  data: unknown;
}

/**
 * Reads the text of a frame.
 *
 * @throws ChatError `INVALID_FRAME` when it is no JSON object with a string `type`, nests deeper than
 * {@link MAX_JSON_DEPTH}, holds a key that could reach a prototype, or has an unusable `ref`.
 */
export function parseInboundFrame(text: string): InboundFrame {
  if (isDeeperThan(text)) throw new ChatError('INVALID_FRAME', `The frame nests deeper than ${MAX_JSON_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ChatError('INVALID_FRAME', 'The frame is not valid JSON');
  }
  if (!isJsonObject(value) || typeof value.type !== 'string') throw new ChatError('INVALID_FRAME');
  if (findDangerousKey(value) !== undefined) throw new ChatError('INVALID_FRAME', 'The frame holds a forbidden key');
  const frame: InboundFrame = { type: value.type, data: value.data ?? {} };
  if (value.ref !== undefined) {
    if (typeof value.ref !== 'string' || value.ref.length > MAX_REF_LENGTH) {
      throw new ChatError('INVALID_FRAME', `ref must be a string of at most ${MAX_REF_LENGTH} characters`);
    }
    frame.ref = value.ref;
  }
  return frame;
}
