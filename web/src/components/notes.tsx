// What stands where there is nothing to show: still loading, failed, or empty.
import type { ComponentChildren, VNode } from 'preact';
import { messageOf } from '../api/api-problem.js';
import { Icon } from './icon.js';

/** A failure, with a way to try again. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }): VNode {
  return (
    <div class="note note-bad" role="alert">
      <Icon name="warning" />
      <p>{messageOf(error)}</p>
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Nothing there, and what to do about it. */
export function EmptyNote({ title, children }: { title: string; children?: ComponentChildren }): VNode {
  return (
    <div class="note note-empty">
      <p class="note-title">{title}</p>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** Rows that are on their way. */
export function LoadingRows({ what }: { what: string }): VNode {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading {what}…</span>
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
    </div>
  );
}
