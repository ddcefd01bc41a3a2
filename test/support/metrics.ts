// GET /metrics as Prometheus reads it: samples by name and labels.
import type { METRICS } from '../../src/metrics/metric-definitions.js';
import { eventually } from './eventually.js';
import type { ServerProcess } from './server-process.js';
import { adminToken } from './tokens.js';

/** The labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** One line of the answer that is no comment. */
export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** All samples of one answer. */
export class Metrics {
  readonly samples: readonly Sample[];

  constructor(readonly text: string) {
    this.samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map(toSample);
  }

  /** Reads what a server says, with the token of an administrator unless another one is given. */
  static async of(server: Pick<ServerProcess, 'origin'>, token = adminToken()): Promise<Metrics> {
    const response = await fetch(`${server.origin}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
    return new Metrics(await response.text());
  }

  /** The sum of a metric's samples that have these labels, among others; 0 when there is none. */
  value(name: string, labels: Labels = {}): number {
    const matching = this.samples.filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
    return matching.reduce((sum, { value }) => sum + value, 0);
  }
}

/** Resolves with what is said once a metric has risen by at least so much since `before` was read. */
export function risen(server: Pick<ServerProcess, 'origin'>, before: Metrics, name: keyof typeof METRICS | `${keyof typeof METRICS}_count`, labels: Labels = {}, by = 1): Promise<Metrics> {
  return eventually(`${name} ${JSON.stringify(labels)} to rise by ${by}`, async () => {
    const now = await Metrics.of(server);
    return now.value(name, labels) - before.value(name, labels) >= by ? now : undefined;
  });
}

function toSample(line: string): Sample {
  const [, name, , labels = '', value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`No sample: ${line}`);
  const pairs = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text]);
  return { name, labels: Object.fromEntries(pairs) as Labels, value: Number(value) };
}
