// What has just happened, told to everybody: shown in a corner, and read out by screen readers.
import { signal } from '@preact/signals';
import type { VNode } from 'preact';

const SHOWN_MS = 6_000;

const current = signal({ text: '', turn: 0 });

/** Tells it. */
export function announce(text: string): void {
  const turn = current.value.turn + 1;
  current.value = { text, turn };
  setTimeout(() => {
    if (current.value.turn === turn) current.value = { text: '', turn };
  }, SHOWN_MS);
}

/** The place where it appears; there from the beginning, as live regions must be. */
export function Announcements(): VNode {
  return (
    <p class="announcement" role="status" aria-live="polite" data-shown={current.value.text !== ''}>
      {current.value.text}
    </p>
  );
}
