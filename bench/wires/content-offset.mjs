// Where the content of a notification begins in its JSON.

const MARKER = Buffer.from('"content":"');
/** Where it began in the notification before, counted from the message's beginning: mostly it is there again. */
let hint = 0;

/** The offset of the content in `bytes`, for the message from `start` to `end`; -1 when it has none. */
export function contentOffset(bytes, start, end) {
  if (isMarkerBefore(bytes, start + hint, start, end)) return start + hint;
  const at = bytes.subarray(start, end).indexOf(MARKER);
  if (at === -1) return -1;
  hint = at + MARKER.length;
  return start + hint;
}

function isMarkerBefore(bytes, offset, start, end) {
  const at = offset - MARKER.length;
  if (at < start || offset > end) return false;
  for (let i = 0; i < MARKER.length; i++) if (bytes[at + i] !== MARKER[i]) return false;
  return true;
}
