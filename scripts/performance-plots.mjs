// `npm run docs:plots`: draws the plots of docs/performance.md from what `npm run bench:growth` measured.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { init } from 'echarts';

const MEASURED = new URL('../reports/bench-growth.json', import.meta.url);
const TARGET = new URL('../docs/performance/', import.meta.url);
const SIZE = { width: 720, height: 380 };

/** One curve a subject; both axes logarithmic where the measured range spans decades. */
function plot({ title, x, y, series }) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    aria: { enabled: true },
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    legend: { bottom: 0 },
    grid: { left: 80, right: 30, top: 50, bottom: 80 },
    xAxis: { type: x.scale, name: x.name, nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: y.scale, name: y.name, nameLocation: 'middle', nameGap: 58, ...(y.scale === 'value' && { min: 0 }) },
    series: series.map(({ name, points }) => ({ type: 'line', name, data: points, symbolSize: 7 })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

mkdirSync(TARGET, { recursive: true });
const { curves } = JSON.parse(readFileSync(MEASURED, 'utf8'));
for (const curve of curves) writeFileSync(new URL(`${curve.file}.svg`, TARGET), `${plot(curve)}\n`);
copyFileSync(MEASURED, new URL('growth.json', TARGET));
