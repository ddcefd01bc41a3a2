// What GET /api/v1/stats answers with (docs/http-api.md).

/** How many values were up to each bound, those of lower bounds included; the last has none. Seconds. */
export interface HistogramAnswer {
  count: number;
  sum: number;
  buckets: { le: number | null; count: number }[];
}

/** The numbers of one server; totals count since its start. */
export interface NodeStats {
  node: string;
  at: string;
  uptime_seconds: number;
  connections: {
    open: number;
    waiting: number;
    catching_up: number;
    opened_total: number;
    closed_total: number;
    refused_total: number;
    reconnected_total: number;
  };
  notifications: {
    published_total: number;
    delivered_total: number;
    acknowledged_total: number;
    replayed_total: number;
    repeated_total: number;
    dropped_total: number;
  };
  latency: { write: HistogramAnswer; acknowledgement: HistogramAnswer };
  queues: { largest: number; total: number };
  limits: { rate_limited_total: number; bans_total: number };
  event_loop_lag_seconds: { mean: number; p99: number; max: number };
}

export interface StatsAnswer {
  nodes: NodeStats[];
  /** Servers that live, as far as is known, and did not answer. */
  silent_nodes: number;
}
