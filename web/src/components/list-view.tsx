// A listing of the server's with everything around it: search, loading, failure, emptiness, more.
import type { ComponentChildren, VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useListing } from '../api/use-listing.js';
import { count } from '../format.js';
import { type Column, DataTable } from './data-table.js';
import { Icon } from './icon.js';
import { EmptyNote, ErrorNote, LoadingRows } from './notes.js';
import { useSettled } from './use-settled.js';

/** Query parameters. */
type Query = Readonly<Record<string, string>>;

interface ListViewProps<T> {
  /** What is listed, in the plural: `connections`. */
  what: string;
  /** The route that lists it. */
  route: string;
  query?: Query;
  /** How often it is loaded again by itself. */
  refreshMs?: number;
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  /** The words of a row that the search looks at. */
  wordsOf: (row: T) => readonly string[];
  /** How the server finds rows that are not loaded. */
  queryFor: (search: string) => Query;
  /** What the search box is called. */
  searchLabel: string;
  /** Buttons at the end of a row; `reload` when they have done something. */
  actions?: (row: T, reload: () => void) => ComponentChildren;
  /** What to do when there is none at all. */
  whenEmpty: string;
  /** Beside the search. */
  children?: (reload: () => void) => ComponentChildren;
}

/** Behind the last keystroke, before the server is asked. */
const SEARCH_DELAY_MS = 250;

/** What the server would refuse to search for: it is no beginning of an id. */
const SEARCHABLE = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/;

export function ListView<T>({ what, route, query = {}, refreshMs, columns, keyOf, wordsOf, queryFor, searchLabel, actions, whenEmpty, children }: ListViewProps<T>): VNode {
  const [search, setSearch] = useState('');
  const id = useId();
  const wanted = search.trim();
  const settled = useSettled(wanted, SEARCH_DELAY_MS);

  const all = useListing<T>(route, query, refreshMs);
  const { items, error, loading, hasMore, loadMore } = all;
  // What is loaded is searched here; the server is asked for the rest, if there is one.
  const elsewhere = useListing<T>(hasMore && SEARCHABLE.test(settled) ? route : undefined, { ...query, ...queryFor(settled) }, refreshMs);
  const found = items === undefined ? [] : merge(matching(items, wanted, wordsOf), wanted === settled ? (elsewhere.items ?? []) : [], keyOf);

  const reload = (): void => {
    all.reload();
    elsewhere.reload();
  };

  return (
    <section class="panel" aria-label={what}>
      <div class="toolbar">
        <div class="search">
          <label for={id} class="visually-hidden">
            {searchLabel}
          </label>
          <Icon name="search" />
          <input id={id} type="search" placeholder={searchLabel} autocomplete="off" spellcheck={false} value={search} onInput={({ currentTarget }) => setSearch(currentTarget.value)} />
        </div>
        <div class="buttons">
          {children?.(reload)}
          <button type="button" onClick={reload}>
            <Icon name="refresh" /> Refresh
          </button>
        </div>
      </div>
      {error !== undefined && <ErrorNote error={error} retry={reload} />}
      {items === undefined && loading && <LoadingRows what={what} />}
      {items !== undefined && (
        <>
          <p class="count" role="status">
            {wanted === '' ? counted(items.length, hasMore, what) : `${count(found.length)} found`}
          </p>
          {found.length > 0 && <DataTable caption={what} columns={columns} rows={found} keyOf={keyOf} {...(actions !== undefined && { actions: (row: T) => actions(row, reload) })} />}
          {items.length === 0 && <EmptyNote title={`No ${what}`}>{whenEmpty}</EmptyNote>}
          {items.length > 0 && found.length === 0 && !elsewhere.loading && <EmptyNote title="Nothing found">Search for something else.</EmptyNote>}
          {hasMore && wanted === '' && (
            <div class="more">
              <button type="button" disabled={loading} onClick={loadMore}>
                Load more
              </button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function matching<T>(items: readonly T[], wanted: string, wordsOf: (row: T) => readonly string[]): readonly T[] {
  const lower = wanted.toLowerCase();
  return wanted === '' ? items : items.filter((row) => wordsOf(row).some((word) => word.toLowerCase().includes(lower)));
}

/** Those of both, each once. */
function merge<T>(first: readonly T[], second: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const known = new Set(first.map(keyOf));
  return [...first, ...second.filter((row) => !known.has(keyOf(row)))];
}

function counted(loaded: number, hasMore: boolean, what: string): string {
  if (hasMore) return `The first ${count(loaded)} ${what}`;
  return `${count(loaded)} ${loaded === 1 ? what.replace(/s$/, '') : what}`;
}
