// Dark or light: as the system is, until somebody chooses.
import { effect, signal } from '@preact/signals';

/** What may be chosen. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const NAME = 'chatapi.theme';

/** The choice. It is no secret, and holds for the next visit too. */
export const theme = signal<Theme>(THEMES.find((known) => known === localStorage.getItem(NAME)) ?? 'system');

/** Whether the system is dark; changes when it does. */
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));

/** Whether the page is dark now. */
export function isDark(): boolean {
  return theme.value === 'system' ? systemIsDark.value : theme.value === 'dark';
}

/** Keeps the page in the chosen theme. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
    localStorage.setItem(NAME, theme.value);
  });
}
