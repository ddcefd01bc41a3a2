// Paged listings in which one may search by the beginning of an id: `?prefix=` beside `?limit=&cursor=`.
import { IsOptional, Matches } from 'class-validator';
import type { Page, PageRequest } from '../engine/index.js';
import { IDENTIFIER_PATTERN } from '../protocol/index.js';
import { type PageAnswer, PageQuery, toPageAnswer, toPageRequest } from './page-query.js';

/** Behind every character that an id may have. */
const BEHIND_ALL = '~';

/** The query of a listing that is in ascending order of id. */
export class ListingQuery extends PageQuery {
  /** Only those whose id begins with it. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'prefix must be the beginning of an id: letters, digits and _ . : @ -, at most 128' })
  prefix?: string;
}

/** @throws ChatError `VALIDATION_ERROR` for a cursor that no listing gave. */
export function toListingRequest(query: ListingQuery): PageRequest {
  const request = toPageRequest(query);
  if (query.prefix === undefined) return request;
  const start = justBefore(query.prefix);
  return { ...request, after: request.after !== undefined && request.after > start ? request.after : start };
}

/** A page of the engine's as it is answered: what is behind the last id with the prefix is cut off. */
export function toListingAnswer<T, R>(page: Page<T>, { prefix = '' }: ListingQuery, id: (item: T) => string, convert: (item: T) => R): PageAnswer<R> {
  const items = page.items.filter((item) => id(item).startsWith(prefix));
  return toPageAnswer(items.length === page.items.length ? page : { items }, convert);
}

/** Behind every id that stands before `prefix`, and before it: its last character is taken one lower, with whatever may follow that. */
function justBefore(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) - 1) + BEHIND_ALL;
}
