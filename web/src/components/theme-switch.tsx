// Dark, light, or as the system is.
import type { VNode } from 'preact';
import { type Theme, theme, THEMES } from '../theme.js';

export function ThemeSwitch(): VNode {
  return (
    <label class="theme">
      <span>Theme</span>
      <select value={theme.value} onChange={({ currentTarget }) => (theme.value = currentTarget.value as Theme)}>
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name.charAt(0).toUpperCase() + name.slice(1)}
          </option>
        ))}
      </select>
    </label>
  );
}
