// One number, what it means, and how it went lately.
import type { VNode } from 'preact';
import { Tip } from '../components/tip.js';

interface TileProps {
  name: string;
  value: string;
  tip: string;
  /** Under the number: what it consists of, or since when. */
  detail?: string;
  /** Lately, oldest first. */
  trend?: readonly number[];
  /** It asks for attention. */
  alarming?: boolean;
}

export function Tile({ name, value, tip, detail, trend = [], alarming = false }: TileProps): VNode {
  return (
    <div class={alarming ? 'tile tip-ground tile-alarming' : 'tile tip-ground'}>
      <dt>
        {name} <Tip about={name.toLowerCase()} text={tip} />
      </dt>
      <dd class="tile-value">{value}</dd>
      <dd class="tile-detail">{detail ?? '\u00a0'}</dd>
      <Sparkline values={trend} />
    </div>
  );
}

const WIDTH = 100;
const HEIGHT = 24;

/** Decoration: the plots below have the numbers. */
function Sparkline({ values }: { values: readonly number[] }): VNode {
  const most = Math.max(...values, 0);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 1 - (most === 0 ? 0 : value / most) * (HEIGHT - 2)).toFixed(1)}`);
  return (
    <dd class="sparkline" aria-hidden="true">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" focusable="false">
        {values.length > 1 && <polyline points={points.join(' ')} />}
      </svg>
    </dd>
  );
}
