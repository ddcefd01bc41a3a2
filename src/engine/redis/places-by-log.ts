// What one call holds for several logs, taken apart.
import { logKey, type LogAddress } from '../../log/index.js';

/** The places of the items of each log, in order; logs in the order of their first item. */
export function placesByLog(items: readonly LogAddress[]): number[][] {
  const places = new Map<string, number[]>();
  items.forEach(({ tenant, log }, i) => {
    const key = logKey(tenant, log);
    const known = places.get(key);
    if (known === undefined) places.set(key, [i]);
    else known.push(i);
  });
  return [...places.values()];
}
