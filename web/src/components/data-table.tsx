// A table that is one on a wide screen, and a list of cards on a phone.
import type { ComponentChildren, VNode } from 'preact';

/** One column. */
export interface Column<T> {
  title: string;
  cell: (row: T) => ComponentChildren;
  /** Numbers stand at the right, under each other. */
  numeric?: boolean;
}

interface DataTableProps<T> {
  /** What it lists; read by screen readers. */
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** Buttons at the end of a row. */
  actions?: (row: T) => ComponentChildren;
}

/** The roles are said again because a table that is laid out as cards loses its own in some browsers. */
export function DataTable<T>({ caption, columns, rows, keyOf, actions }: DataTableProps<T>): VNode {
  return (
    <table class="table" role="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, numeric = false }) => (
            <th key={title} role="columnheader" scope="col" class={numeric ? 'numeric' : ''}>
              {title}
            </th>
          ))}
          {actions !== undefined && (
            <th role="columnheader" scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ title, cell, numeric = false }) => (
              <td key={title} role="cell" data-label={title} class={numeric ? 'numeric' : ''}>
                {cell(row)}
              </td>
            ))}
            {actions !== undefined && (
              <td role="cell" class="row-actions">
                <div class="buttons">{actions(row)}</div>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
