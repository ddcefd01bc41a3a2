// The bounds of the histograms that are filled here; those of latencies and queues are the core's.
export { LATENCY_BOUNDS as BUCKETS_SECONDS, QUEUE_SIZE_BOUNDS as QUEUE_BUCKETS } from '../log/index.js';

/** How long webhooks wait: for a receiver that is well, one that is replaced, the end of an outage. */
export { WEBHOOK_DELAY_BOUNDS as DELAY_BUCKETS_SECONDS } from '../webhooks/index.js';

/** How long clients are away: a reload, a change of network, a break. */
export const GAP_BUCKETS_SECONDS: readonly number[] = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** How long connections last. */
export const DURATION_BUCKETS_SECONDS: readonly number[] = [1, 10, 60, 300, 900, 3600, 10_800, 43_200, 86_400, 172_800];
