// Where one is in the console: the part of the address behind the #, such as `#/rooms/lobby`.
import { computed, signal } from '@preact/signals';

/** Read late: tokens in the address are taken out of it first. */
const hash = signal('');

/** Begins to follow the address. */
export function startRouting(): void {
  hash.value = location.hash;
  addEventListener('hashchange', () => (hash.value = location.hash));
}

/** The view's name, and what it is about. */
export interface Route {
  view: string;
  id: string | undefined;
}

/** Where one is. */
export const route = computed<Route>(() => {
  const [view = '', id] = hash.value.replace(/^#\/?/, '').split('/').map(decodePart);
  return { view, id: id === '' ? undefined : id };
});

/** The address of a view. */
export function linkTo(view: string, id?: string): string {
  return `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
}

/** Goes there. */
export function goTo(view: string, id?: string): void {
  location.hash = linkTo(view, id);
}

/** Somebody may have written it by hand. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
