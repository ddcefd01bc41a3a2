// Newline-delimited JSON (application/x-ndjson): one JSON value a line.
import { ChatError, isDeeperThan, MAX_JSON_DEPTH } from '../protocol/index.js';

/** The content type of such a body. */
export const NDJSON_CONTENT_TYPE = 'application/x-ndjson';

/** A body of newline-delimited JSON. Lines are parsed one by one, so that a bad one spoils itself only. */
export class NdjsonBody {
  /** The lines that hold something. */
  readonly lines: readonly string[];

  constructor(text: string) {
    this.lines = text.split('\n').filter((line) => line.trim() !== '');
  }
}

/** @throws ChatError `VALIDATION_ERROR` for a line that is not JSON or nests too deep. */
export function parseNdjsonLine(line: string): unknown {
  if (isDeeperThan(line)) throw new ChatError('VALIDATION_ERROR', `The line nests deeper than ${MAX_JSON_DEPTH} levels`);
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new ChatError('VALIDATION_ERROR', 'The line is not valid JSON');
  }
}
