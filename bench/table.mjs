// The table that is printed: numbers, ratios and what is demanded.
import { subjectOf } from './subjects/index.mjs';

const integer = (value) => Math.round(value).toLocaleString('en');
const milliseconds = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const decimal = (value) => value.toFixed(2);
const percent = (value) => `${Math.round(100 * value)} %`;

/** What a column is called and how its numbers look, of one result. */
const COLUMNS = {
  perCpuSecond: { title: 'deliveries per CPU second', text: integer },
  requestsPerCpuSecond: { title: 'messages per CPU second', text: integer },
  connectsPerCpuSecond: { title: 'connects per CPU second', text: integer },
  connectsPerSecond: { title: 'connects per second', text: integer },
  kilobytesPerConnection: { title: 'KB per connection', text: decimal },
  kilobytesOfSecondHalf: { title: 'of the second half', text: decimal },
  megabytesBefore: { title: 'MB before', text: decimal },
  kilobytesAtOnce: { title: 'KB as soon as all are connected', text: decimal },
  idleMicroseconds: { title: 'µs of CPU a second for each', text: decimal },
  idleStoreMicroseconds: { title: 'µs of the store', text: decimal },
  bytesPerDelivery: { title: 'bytes per delivery', text: integer },
  perSecond: { title: 'per second', text: integer },
  cpuShare: { title: 'CPU, %', text: decimal },
  storeCpuSeconds: { title: "the store's CPU beside it", text: (value, { cpuSeconds }) => (value === 0 ? '–' : percent(value / cpuSeconds)) },
  p50: { title: 'p50, ms', text: milliseconds },
  p99: { title: 'p99, ms', text: milliseconds },
  p999: { title: 'p99.9, ms', text: milliseconds },
};

/** A workload's table in Markdown; `missing` are subjects that this machine does not have. */
export function tableOf(workload, results, missing, rounds) {
  const isStoreBeside = results.some(({ storeCpuSeconds }) => storeCpuSeconds > 0);
  const columns = [...workload.columns, ...(isStoreBeside ? ['storeCpuSeconds'] : [])].map((key) => ({ key, ...COLUMNS[key] }));
  const peers = results.slice(1);
  const [first] = workload.columns;
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [
    `### ${workload.title}; medians of ${rounds}`,
    '',
    row(['server', ...columns.map(({ title }) => title), ...peers.map(({ subject }) => `× ${subject}`)]),
    row(['---', ...columns.map(() => '---:'), ...peers.map(() => '---:')]),
    ...results.map((result) =>
      row([
        subjectOf(result.subject).title,
        ...columns.map(({ key, text }) => text(result[key], result)),
        ...peers.map((peer) => decimal(result[first] / peer[first])),
      ]),
    ),
    ...missing.map((subject) => row([subjectOf(subject).title, 'not installed', ...Array.from({ length: columns.length + peers.length - 1 }, () => '')])),
    ...barLines(workload, results),
  ].join('\n');
}

function barLines(workload, results) {
  const judged = judge(workload, results);
  if (judged.length === 0) return [];
  return ['', '| demanded | measured | |', '| --- | ---: | --- |', ...judged.map(({ text, value, isMet }) => `| ${text} | ${decimal(value)} | ${isMet ? 'met' : 'NOT met'} |`)];
}

/** What became of each bar whose subjects were measured: {text, value, isMet}. */
export function judge(workload, results) {
  const find = (name) => results.find(({ subject }) => subject === name);
  return workload.bars
    .filter(({ of, over }) => find(of) !== undefined && (over === undefined || find(over) !== undefined))
    .map(({ of, over, by, least, most }) => {
      const value = find(of)[by] / (over === undefined ? 1 : find(over)[by]);
      const limit = least === undefined ? `at most ${most}` : `at least ${least}`;
      const what = over === undefined ? `${of}: ${by} ${limit}` : `${of}: ${limit} × ${over}, ${by}`;
      return { text: what, value, isMet: least === undefined ? value <= most : value >= least };
    });
}
