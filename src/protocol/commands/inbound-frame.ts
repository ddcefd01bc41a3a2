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

/** `INVALID_FRAME`, with the `ref` of a frame that has a usable one all the same. */
export class InvalidFrameError extends ChatError {
  constructor(
    message?: string,
    readonly ref?: string,
  ) {
    super('INVALID_FRAME', message);
  }
}

/**
 * Reads the text of a frame.
 *
 * @throws InvalidFrameError when it is no JSON object with a string `type`, nests deeper than
 * {@link MAX_JSON_DEPTH}, holds a key that could reach a prototype, or has an unusable `ref`.
 */
export function parseInboundFrame(text: string): InboundFrame {
  if (isDeeperThan(text)) throw new InvalidFrameError(`The frame nests deeper than ${MAX_JSON_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidFrameError('The frame is not valid JSON');
  }
  if (!isJsonObject(value)) throw new InvalidFrameError();
  const { type, ref, data } = value;
  if (ref !== undefined && !isUsableRef(ref)) throw new InvalidFrameError(`ref must be a string of at most ${MAX_REF_LENGTH} characters`);
  if (typeof type !== 'string') throw new InvalidFrameError(undefined, ref);
  if (findDangerousKey(value) !== undefined) throw new InvalidFrameError('The frame holds a forbidden key', ref);
  return { type, data: data ?? {}, ...(ref !== undefined && { ref }) };
}

function isUsableRef(ref: unknown): ref is string {
  return typeof ref === 'string' && ref.length <= MAX_REF_LENGTH;
}
