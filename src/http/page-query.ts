// Paged listings: `?limit=&cursor=` in, {items, next_cursor} out.
// class-transformer's @Type() reads metadata, also where Nest has not been loaded.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { type Page, type PageRequest } from '../engine/index.js';
import { decodeCursor, encodeCursor } from './cursor.js';

/** The most items on a page. */
export const MAX_PAGE_LIMIT = 200;

/** Items on a page when nothing else is asked for. */
export const DEFAULT_PAGE_LIMIT = 50;

/** The query of a paged listing. */
export class PageQuery {
  /** Items on the page, 1 to 200. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_LIMIT)
  limit: number = DEFAULT_PAGE_LIMIT;

  /** `next_cursor` of the page before; absent for the first one. */
  @IsOptional()
  @IsString()
  cursor?: string;
}

/** One page as it is answered. */
export interface PageAnswer<T> {
  items: T[];
  /** Present when more follows. */
  next_cursor?: string;
}

/** @throws ChatError `VALIDATION_ERROR` for a cursor that no listing gave. */
export function toPageRequest(query: PageQuery): PageRequest {
  return { limit: query.limit, ...(query.cursor !== undefined && { after: decodeCursor(query.cursor) }) };
}

/** A page of the engine's as it is answered, each item converted. */
export function toPageAnswer<T, R>(page: Page<T>, convert: (item: T) => R): PageAnswer<R> {
  return { items: page.items.map(convert), ...(page.next !== undefined && { next_cursor: encodeCursor(page.next) }) };
}
