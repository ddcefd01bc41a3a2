// The numbers that tell whether all is well.
import type { VNode } from 'preact';
import { count, perSecond, seconds } from '../format.js';
import { addHistograms, quantile } from './histogram.js';
import type { Sample } from './sample.js';
import type { NodeStats, StatsAnswer } from './stats-answer.js';
import { Tile } from './tile.js';

/** What latencies are told of: half a minute. */
const RECENT = 15;

/** What trends are drawn of: two minutes. */
const TREND = 60;

export function Tiles({ stats, samples }: { stats: StatsAnswer; samples: readonly Sample[] }): VNode {
  const last = samples.at(-1);
  const recent = samples.slice(-RECENT);
  const write = addHistograms(recent.map(({ write: histogram }) => histogram));
  const acknowledgement = addHistograms(recent.map(({ acknowledgement: histogram }) => histogram));
  const trend = (of: (sample: Sample) => number): number[] => samples.slice(-TREND).map(of);
  const sum = (of: (node: NodeStats) => number): number => stats.nodes.reduce((total, node) => total + of(node), 0);
  const waiting = sum(({ connections }) => connections.waiting);
  const catchingUp = sum(({ connections }) => connections.catching_up);
  return (
    <dl class="tiles">
      <Tile
        name="Connections"
        value={count(sum(({ connections }) => connections.open))}
        detail={waiting === 0 ? `${catchingUp === 0 ? 'all' : count(catchingUp)} ${catchingUp === 0 ? 'keep up' : 'catching up'}` : `${count(waiting)} do not keep up`}
        alarming={waiting > 0}
        trend={trend((sample) => sample.connections)}
        tip="WebSockets that are open now. One that does not read or acknowledge as fast as it is written to is left alone until it does, then catches up from the log: nothing is kept for it in memory."
      />
      <Tile
        name="Published"
        value={perSecond(last?.published)}
        detail={`${count(sum(({ notifications }) => notifications.published_total))} in all`}
        trend={trend((sample) => sample.published)}
        tip="Notifications that were stored, each once, however many receive it."
      />
      <Tile
        name="Delivered"
        value={perSecond(last?.delivered)}
        detail={`${perSecond(last?.acknowledged)} acknowledged`}
        trend={trend((sample) => sample.delivered)}
        tip="Notifications that were written to connections: one that is published to a room of 100 connected members counts 100 times. Acknowledged: those of which it is known that they arrived."
      />
      <Tile
        name="Latency"
        value={seconds(quantile(write, 0.99))}
        detail={`p99; acknowledged ${seconds(quantile(acknowledgement, 0.99))}`}
        trend={trend((sample) => sample.writeTail ?? 0)}
        tip="From publishing to writing to a connected client: 99 of 100 were faster, in the last half minute. Acknowledged: until the client's pong or ack frame; pongs are asked for once in ACK_INTERVAL_MS."
      />
      <Tile
        name="Largest queue"
        value={count(Math.max(0, ...stats.nodes.map(({ queues }) => queues.largest)))}
        detail={`${count(sum(({ queues }) => queues.total))} wait in all`}
        trend={trend((sample) => sample.largestQueue)}
        tip="The most notifications that wait for one of the connected clients. At QUEUE_MAX_PER_CLIENT (1,000 unless set otherwise) the oldest are dropped."
      />
      <Tile
        name="Dropped"
        value={perSecond(last?.dropped)}
        detail={`${count(sum(({ notifications }) => notifications.dropped_total))} in all`}
        alarming={(last?.dropped ?? 0) > 0}
        trend={trend((sample) => sample.dropped)}
        tip="Notifications that fell out of a full or too old queue. The client is told with QUEUE_OVERFLOW."
      />
      <Tile
        name="Refused"
        value={perSecond(last?.refused)}
        detail={`${count(sum(({ connections }) => connections.refused_total))} in all`}
        trend={trend((sample) => sample.refused)}
        tip="Connections that were not let in: bad tokens, bans, foreign origins, limits."
      />
      <Tile
        name="Rate limited"
        value={perSecond(last?.rateLimited)}
        detail={`${count(sum(({ limits }) => limits.rate_limited_total))} in all, ${count(sum(({ limits }) => limits.bans_total))} banned`}
        trend={trend((sample) => sample.rateLimited)}
        tip="Messages beyond RATE_LIMIT_MAX in RATE_LIMIT_WINDOW_SECONDS. Who goes on is banned for a while."
      />
    </dl>
  );
}
