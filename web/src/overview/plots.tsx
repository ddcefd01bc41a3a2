// The last quarter of an hour, drawn.
import type { VNode } from 'preact';
import { count, rate, seconds } from '../format.js';
import { Plot } from './plot.js';
import type { Sample } from './sample.js';

export function Plots({ samples }: { samples: readonly Sample[] }): VNode {
  const times = samples.map(({ at }) => at / 1000);
  const of = <Value,>(read: (sample: Sample) => Value): Value[] => samples.map(read);
  return (
    <div class="plots">
      <Plot
        title="Connections"
        tip="WebSockets that are open, and those of them that do not read or acknowledge as fast as they are written to."
        times={times}
        format={count}
        leastTop={4}
        series={[
          { label: 'open', colour: 1, values: of((sample) => sample.connections) },
          { label: 'not keeping up', colour: 3, values: of((sample) => sample.waiting) },
        ]}
      />
      <Plot
        title="Notifications a second"
        tip="Published counts each once; delivered and acknowledged count each receiver."
        times={times}
        format={rate}
        leastTop={4}
        series={[
          { label: 'delivered', colour: 1, values: of((sample) => sample.delivered) },
          { label: 'acknowledged', colour: 2, values: of((sample) => sample.acknowledged) },
          { label: 'published', colour: 3, values: of((sample) => sample.published) },
        ]}
      />
      <Plot
        title="Latency"
        tip="From publishing to writing (half of all were faster, 99 of 100 were faster), and to the acknowledgement."
        times={times}
        format={seconds}
        leastTop={0.001}
        series={[
          { label: 'write p99', colour: 1, values: of((sample) => sample.writeTail) },
          { label: 'write p50', colour: 2, values: of((sample) => sample.writeMedian) },
          { label: 'acknowledged p99', colour: 3, values: of((sample) => sample.acknowledgementTail) },
        ]}
      />
      <Plot
        title="Queues and drops"
        tip="The longest queue of a connected client, what fell out of queues, and what came a second time after a broken connection."
        times={times}
        format={rate}
        leastTop={4}
        series={[
          { label: 'largest queue', colour: 1, values: of((sample) => sample.largestQueue) },
          { label: 'repeated/s', colour: 2, values: of((sample) => sample.repeated) },
          { label: 'dropped/s', colour: 3, values: of((sample) => sample.dropped) },
        ]}
      />
    </div>
  );
}
