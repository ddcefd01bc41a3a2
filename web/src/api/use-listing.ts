// A listing that comes in pages: the first at once, the next ones when they are asked for.
import { useState } from 'preact/hooks';
import { type Page, request } from './api.js';
import { useLoaded } from './use-loaded.js';

/** What there is of it. */
export interface Listing<T> {
  /** Undefined before the first page has come. */
  items: readonly T[] | undefined;
  error: unknown;
  loading: boolean;
  hasMore: boolean;
  loadMore: () => void;
  reload: () => void;
}

const PAGE_SIZE = 100;

/** The items of a route, as many pages of it as were asked for; they are loaded again together. Nothing is loaded without a route. */
export function useListing<T>(route: string | undefined, query: Readonly<Record<string, string>> = {}, everyMs?: number): Listing<T> {
  const key = route === undefined ? undefined : `${route}?${new URLSearchParams(query).toString()}`;
  const [wanted, setWanted] = useState({ key, pages: 1 });
  const pages = wanted.key === key ? wanted.pages : 1;

  const { data, error, loading, reload } = useLoaded(
    key,
    async (signal) => {
      const items: T[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < pages && (page === 0 || cursor !== undefined); page++) {
        const answer: Page<T> = await request('GET', route ?? '', { query: { ...query, limit: PAGE_SIZE, cursor }, signal });
        items.push(...answer.items);
        cursor = answer.next_cursor;
      }
      return { items, hasMore: cursor !== undefined };
    },
    everyMs,
  );

  return {
    items: data?.items,
    error,
    loading,
    hasMore: data?.hasMore ?? false,
    loadMore: () => {
      setWanted({ key, pages: pages + 1 });
      reload();
    },
    reload,
  };
}
