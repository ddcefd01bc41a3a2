// The registry that GET /metrics reads: metrics of our own by their definitions, and those of the process.
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type MeasuredHistogram, measuredHistogram } from './measured-histogram.js';
import { type MetricDefinition, type MetricName, METRICS } from './metric-definitions.js';

/** Those of prom-client whose names break Prometheus's own rules; each has another that says the same by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** One registry a server: several in one process do not meet. */
@Injectable()
export class MetricsRegistry {
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything, in Prometheus's text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** A counter that is counted up where things happen. */
  counter(name: MetricName): Counter {
    return new Counter(this.configuration(name));
  }

  /** A counter of something that is counted elsewhere: `read` is asked whenever metrics are. */
  countOf(name: MetricName, read: () => number): void {
    this.countsOf(name, (set) => set({}, read()));
  }

  /** The same with labels. */
  countsOf(name: MetricName, collect: (set: (labels: Record<string, string>, total: number) => void) => void): void {
    new Counter({
      ...this.configuration(name),
      collect() {
        this.reset();
        collect((labels, total) => this.inc(labels, total));
      },
    });
  }

  /** A gauge whose value is read whenever metrics are. */
  gaugeOf(name: MetricName, read: () => number | Promise<number>): void {
    new Gauge({
      ...this.configuration(name),
      async collect() {
        this.set(await read());
      },
    });
  }

  /** A gauge that says something by its labels, and is always 1. */
  info(name: MetricName, labels: Record<string, string>): void {
    new Gauge(this.configuration(name)).set(labels, 1);
  }

  /** A histogram that is filled where things happen. */
  histogram(name: MetricName): Histogram {
    const { buckets = [] } = METRICS[name] as MetricDefinition;
    return new Histogram({ ...this.configuration(name), buckets: [...buckets] });
  }

  /** A histogram of what is measured elsewhere; `collect` gives what there is, with its labels. */
  histogramOf(name: MetricName, collect: MeasuredHistogram): void {
    this.registry.registerMetric(measuredHistogram({ name, ...METRICS[name] }, collect));
  }

  private configuration(name: MetricName): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    const { help, labels = {} } = METRICS[name] as MetricDefinition;
    return { name, help, labelNames: Object.keys(labels), registers: [this.registry] };
  }
}
