// Cutting a listing into pages.
import type { Page, PageRequest } from '../delivery-engine.interface.js';

/** Makes a page of what `read` finds behind an id; one row more than asked for tells whether there is another page. */
export function readPage<T>({ after, limit }: PageRequest, read: (after: string, limit: number) => T[], id: (item: T) => string): Page<T> {
  const items = read(after ?? '', limit + 1);
  if (items.length <= limit) return { items };
  items.length = limit;
  const last = items.at(-1);
  return last === undefined ? { items } : { items, next: id(last) };
}
