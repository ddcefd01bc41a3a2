// Cutting a listing into pages.
import type { Page, PageRequest } from './delivery-engine.interface.js';

/** Makes a page of at most `limit` of what was found; one more than that tells that there is another page. */
export function toPage<T>(found: readonly T[], limit: number, id: (item: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length <= limit || last === undefined ? { items } : { items, next: id(last) };
}

/** Makes a page of what `read` finds behind an id. */
export function readPage<T>({ after, limit }: PageRequest, read: (after: string, limit: number) => T[], id: (item: T) => string): Page<T> {
  return toPage(read(after ?? '', limit + 1), limit, id);
}
