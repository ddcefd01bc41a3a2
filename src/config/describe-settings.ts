// Settings as they may be shown.
import { environmentName } from './setting-name.js';
import { ruleOf } from './setting-rules.js';
import { SETTING_PROPERTIES, type Settings } from './settings.js';

const MASK = '********';

/** Every setting under its name in the environment; secrets masked, null for what is unset. */
export function describeSettings(settings: Settings): Record<string, string | number | null> {
  return Object.fromEntries(
    SETTING_PROPERTIES.map((property) => {
      const value = settings[property] ?? null;
      return [environmentName(property), value !== null && ruleOf(property).secret ? MASK : value];
    }),
  );
}
