// One member of each item of an answer.

/** The `member` of each item; fails on what is no list of objects. */
export function pluck(items: unknown, member: string): unknown[] {
  if (!Array.isArray(items)) throw new TypeError('A list was expected');
  return items.map((item: Record<string, unknown>) => item[member]);
}
