// A plot over time: uPlot's drawing, our own legend, and its numbers in words for whoever cannot see it.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { Tip } from '../components/tip.js';
import { NONE } from '../format.js';
import { isDark } from '../theme.js';

/** One line of a plot. */
export interface PlotSeries {
  label: string;
  /** The number of the colour, from tokens.css. */
  colour: 1 | 2 | 3;
  values: readonly (number | undefined)[];
}

interface PlotProps {
  title: string;
  tip: string;
  /** Seconds since the epoch, ascending. */
  times: readonly number[];
  series: readonly PlotSeries[];
  format: (value: number | undefined) => string;
  /** The scale ends here even if all values are smaller, so that noise around nothing does not fill the plot. */
  leastTop: number;
}

const HEIGHT = 180;

export function Plot({ title, tip, times, series, format, leastTop }: PlotProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const dark = isDark();
  const shown = pointed !== null && pointed < times.length ? pointed : times.length - 1;
  const data: uPlot.AlignedData = [[...times], ...series.map(({ values }) => values.map((value) => value ?? null))];

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsFor(element, { series, format, leastTop }, setPointed), data, element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // Colours are drawn, so another theme is another drawing.
  }, [dark]);

  useEffect(() => plot.current?.setData(data));

  return (
    <figure class="panel plot tip-ground" aria-label={title}>
      <figcaption>
        {title} <Tip about={title.toLowerCase()} text={tip} />
      </figcaption>
      <div class="plot-place">
        <div ref={place} aria-hidden="true" />
        {times.length < 2 && <p class="plot-waiting">The first points come in a few seconds.</p>}
      </div>
      <dl class="legend">
        {series.map(({ label, colour, values }) => (
          <div key={label}>
            <dt>
              <span class={`legend-mark legend-mark-${colour}`} aria-hidden="true" />
              {label}
            </dt>
            <dd>{times.length === 0 ? NONE : format(values[shown])}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

function optionsFor(element: HTMLElement, { series, format, leastTop }: Pick<PlotProps, 'series' | 'format' | 'leastTop'>, point: (index: number | null) => void): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(leastTop, (most ?? 0) * 1.15)] } },
    axes: [
      { ...axis, values: '{HH}:{mm}:{ss}', space: 80, size: 26 },
      { ...axis, values: (_plot, splits) => splits.map((value) => (value === 0 ? '0' : format(value))), size: 64, space: 36 },
    ],
    series: [
      {},
      ...series.map(({ label, colour: number }): uPlot.Series => ({
        label,
        stroke: colour(`--series-${number}`),
        width: 2,
        points: { show: false },
        spanGaps: true,
        ...(number === 1 && { fill: colour('--series-fill') }),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  };
}
