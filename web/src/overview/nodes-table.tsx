// The servers, one by one.
import type { VNode } from 'preact';
import { DataTable } from '../components/data-table.js';
import { count, duration, seconds } from '../format.js';
import type { StatsAnswer } from './stats-answer.js';

export function NodesTable({ stats: { nodes, silent_nodes: silent } }: { stats: StatsAnswer }): VNode {
  return (
    <section class="panel" aria-labelledby="nodes-title">
      <h2 id="nodes-title">Servers</h2>
      {silent > 0 && (
        <p class="form-error" role="status">
          {silent === 1 ? 'One server does not answer' : `${silent} servers do not answer`}: its numbers are missing here.
        </p>
      )}
      <DataTable
        caption="Servers"
        columns={[
          { title: 'Node', cell: ({ node }) => <span class="id">{node}</span> },
          { title: 'Up', cell: ({ uptime_seconds: uptime }) => duration(uptime * 1000) },
          { title: 'Connections', numeric: true, cell: ({ connections }) => count(connections.open) },
          { title: 'Not keeping up', numeric: true, cell: ({ connections }) => count(connections.waiting) },
          { title: 'Delivered', numeric: true, cell: ({ notifications }) => count(notifications.delivered_total) },
          { title: 'Largest queue', numeric: true, cell: ({ queues }) => count(queues.largest) },
          { title: 'Event loop lag, p99', numeric: true, cell: ({ event_loop_lag_seconds: lag }) => seconds(lag.p99) },
        ]}
        rows={nodes}
        keyOf={({ node }) => node}
      />
    </section>
  );
}
