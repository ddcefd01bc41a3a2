// Numbers, times and sizes as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What stands where there is no number. */
export const NONE = '–';

/** `12`, `1,234`, `1.2M`. */
export function count(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  return Math.abs(value) < 100_000 ? whole.format(value) : short.format(value);
}

/** A rate: whole from ten on. */
export function rate(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  return value > 0 && value < 10 ? value.toFixed(1) : count(value);
}

/** A rate with its unit. */
export function perSecond(value: number | undefined): string {
  const text = rate(value);
  return text === NONE ? NONE : `${text}/s`;
}

/** A duration of seconds with its unit: `0.4 ms`, `12 ms`, `1.20 s`. */
export function seconds(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  const ms = value * 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

/** `512 B`, `3.4 KiB`, `1.2 MiB`. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const power = Math.min(Math.floor(Math.log2(value) / 10), 4);
  return `${(value / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power] ?? ''}`;
}

/** The time of day. */
export function timeOfDay(at: number | string): string {
  return clock.format(new Date(at));
}

/** Day and time. */
export function dateAndTime(at: number | string): string {
  return date.format(new Date(at));
}

/** How long that is, in its two largest units: `45 s`, `3 min 5 s`, `2 d 4 h`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3_600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0 s';
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ');
}
