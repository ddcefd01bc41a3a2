// The few pictures that the console uses, drawn in the colour of the text beside them.
import type { VNode } from 'preact';

const PATHS = {
  overview: 'M4 20V10m6 10V4m6 16v-7m4 7H2',
  connections: 'M8 7a5 5 0 0 0 0 10h2m4-10h2a5 5 0 0 1 0 10M8 12h8',
  rooms: 'M4 5h16v11H9l-5 4zM8 9h8M8 12h5',
  clients: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 9a8 8 0 0 1 16 0',
  bans: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.6 5.6l12.8 12.8',
  playground: 'M7 5v14l12-7z',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm9 2-4-4',
  refresh: 'M20 12a8 8 0 1 1-2.3-5.7M20 3v4h-4',
  close: 'M6 6l12 12M18 6 6 18',
  warning: 'M12 4 2.5 20h19zM12 10v4m0 3v.1',
} as const;

/** The name of a picture. */
export type IconName = keyof typeof PATHS;

/** Decoration: what it means always stands beside it, or in the label of what holds it. */
export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
