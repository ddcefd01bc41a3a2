// Every metric of our own: name, type, labels and meaning. /metrics and docs/metrics.md are both made from this table.
import { BUCKETS_SECONDS, DELAY_BUCKETS_SECONDS, DURATION_BUCKETS_SECONDS, GAP_BUCKETS_SECONDS, QUEUE_BUCKETS } from './buckets.js';

/** What Prometheus is told of a metric. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What is counted or measured, and what is not. */
  readonly help: string;
  /** Each label with all values that it can have: none is anybody's choice. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a histogram. */
  readonly buckets?: readonly number[];
}

const TYPES = '`message`, `room_update`, `client_status`, `custom`';

/** By name. Base units: seconds, bytes. Of this process alone. */
export const METRICS = {
  chatapi_build_info: {
    type: 'gauge',
    help: 'Always 1; its labels say what is running.',
    labels: { version: 'of the package', node_version: 'of Node', engine: '`embedded`, `redis`' },
  },

  chatapi_active_connections: { type: 'gauge', help: 'Connections that are open: WebSockets and event streams.' },
  chatapi_active_event_streams: { type: 'gauge', help: 'Of these, event streams (`/sse`).' },
  chatapi_max_connections: { type: 'gauge', help: 'MAX_CONNECTIONS; 0 for no limit.' },
  chatapi_connections_total: { type: 'counter', help: 'Connections that were let in.' },
  chatapi_event_streams_total: { type: 'counter', help: 'Of these, event streams.' },
  chatapi_disconnections_total: {
    type: 'counter',
    help: 'Connections that have ended, by close code; 1006 is a connection that broke. A code of the 4000s that the server does not use counts as other.',
    labels: { code: 'a close code of RFC 6455 or of the server, or `other`' },
  },
  chatapi_connection_duration_seconds: { type: 'histogram', help: 'How long connections that have ended lasted.', buckets: DURATION_BUCKETS_SECONDS },
  chatapi_connection_refusals_total: {
    type: 'counter',
    help: 'Upgrades that came to no connection, by reason.',
    labels: {
      reason:
        '`authentication`, `authentication_repeated` (AUTH_FAILURES_PER_MINUTE), `banned`, `draining`, `invalid_request`, `origin`, `too_many_connections` (MAX_CONNECTIONS), `too_many_connections_of_address` (MAX_CONNECTIONS_PER_IP), `too_many_connections_of_client` (MAX_CONNECTIONS_PER_CLIENT)',
    },
  },
  chatapi_reconnections_total: { type: 'counter', help: 'Clients that came back to this process within an hour of their last connection to it.' },
  chatapi_reconnection_gap_seconds: {
    type: 'histogram',
    help: 'From the end of a client’s last connection to its next one, of the reconnections that are counted. The 4,096 clients that left last are remembered.',
    buckets: GAP_BUCKETS_SECONDS,
  },
  chatapi_connections_waiting: { type: 'gauge', help: 'Slow connections: left alone until they have read or acknowledged enough (SEND_BUFFER_MAX_BYTES, or the window of unacknowledged notifications).' },
  chatapi_connections_catching_up: { type: 'gauge', help: 'Connections that are written to and are behind the head of one of their logs.' },
  chatapi_connection_waits_total: { type: 'counter', help: 'Times that a connection began to be left alone because it did not keep up.' },
  chatapi_connections_stuck_total: { type: 'counter', help: 'Connections closed with 1013 because they made no progress for 30 s while they were left alone.' },
  chatapi_heartbeats_missed_total: { type: 'counter', help: 'Connections closed with 4408 because they gave no sign of life for HEARTBEAT_TIMEOUT_SECONDS.' },
  chatapi_socket_buffer_bytes: { type: 'gauge', help: 'What the sockets of all connections have not read, in bytes.' },
  chatapi_request_timeouts_total: { type: 'counter', help: 'Sockets that were cut because the head of a request (HANDSHAKE_TIMEOUT_SECONDS) or a request took too long to arrive.' },

  chatapi_notifications_published_total: {
    type: 'counter',
    help: 'Notifications that this process has put into logs. Presence stands in no log.',
    labels: { type: '`message`, `room_update`, `custom`' },
  },
  chatapi_publish_duplicates_total: { type: 'counter', help: 'Publications with an id that was used before: answered with the first result, and not published again.' },
  chatapi_notifications_delivered_total: {
    type: 'counter',
    help: 'Notifications written to connections, once for each connection.',
    labels: { type: TYPES },
  },
  chatapi_notifications_replayed_total: { type: 'counter', help: 'Of those delivered: published before their connection began, so they waited in the queue.' },
  chatapi_notifications_repeated_total: {
    type: 'counter',
    help: 'Of those delivered: written before to a connection of the same client and device to this process that ended without acknowledging them. The 1,024 clients whose connections ended last are remembered.',
  },
  chatapi_notifications_acknowledged_total: {
    type: 'counter',
    help: 'Notifications acknowledged. transport: by the pong behind them, where pongs acknowledge; client: by an ack frame, which counts silent numbers too.',
    labels: { by: '`transport`, `client`, `resumption` (a client of `/sse` came back, and said so by its last event id)' },
  },
  chatapi_notifications_dropped_total: {
    type: 'counter',
    help: 'Notifications that fell out of a queue, counted when the client is told (QUEUE_OVERFLOW). overflow: beyond QUEUE_MAX_PER_CLIENT; expired: older than QUEUE_TTL_SECONDS.',
    labels: { reason: '`overflow`, `expired`' },
  },
  chatapi_notification_write_latency_seconds: {
    type: 'histogram',
    help: 'From publishing to the write to a connection, once for each, of notifications published while the connection was there. Those written in one go count with the age of the oldest.',
    buckets: BUCKETS_SECONDS,
  },
  chatapi_notification_acknowledgement_latency_seconds: {
    type: 'histogram',
    help: 'From publishing to the acknowledgement, of the same. transport includes up to ACK_INTERVAL_MS until it is asked for; those acknowledged at once count with the age of the oldest.',
    labels: { by: '`transport`, `client`' },
    buckets: BUCKETS_SECONDS,
  },
  chatapi_acknowledgement_mismatches_total: { type: 'counter', help: 'Pongs that echoed something else than the ping that was outstanding.' },
  chatapi_clients_unable_to_acknowledge_total: { type: 'counter', help: 'Connections that garbled two pongs in a row: their cursor stays, the next connection repeats.' },
  chatapi_filter_failures_total: { type: 'counter', help: 'Audiences of a NotificationFilter that failed to say what they receive; each counts once.' },

  chatapi_queue_size_notifications: {
    type: 'histogram',
    help: 'Queues of the connected clients: one observation for each connection whenever /metrics is read. A queue is what is not acknowledged, silent numbers included.',
    buckets: QUEUE_BUCKETS,
  },
  chatapi_queue_size_at_connect_notifications: { type: 'histogram', help: 'What waited for connections when they began, at most: silent numbers and those that are too old count too.', buckets: QUEUE_BUCKETS },
  chatapi_queue_size_max_notifications: { type: 'gauge', help: 'The largest queue of a connected client.' },
  chatapi_queue_limit_notifications: { type: 'gauge', help: 'QUEUE_MAX_PER_CLIENT.' },
  chatapi_tail_cache_bytes: { type: 'gauge', help: 'Memory for the newest notifications of rooms that have connected members, in bytes.' },
  chatapi_tail_cache_limit_bytes: { type: 'gauge', help: 'TAIL_CACHE_BYTES: past it the oldest are let go, and are read from the store when they are needed.' },
  chatapi_queue_read_failures_total: { type: 'counter', help: 'Reads of a queue from the store that failed; each is tried again.' },

  chatapi_compressed_notifications_total: { type: 'counter', help: 'Notifications that were compressed, once each however many receive them.' },
  chatapi_compression_input_bytes_total: { type: 'counter', help: 'What those took before, in bytes.' },
  chatapi_compression_output_bytes_total: { type: 'counter', help: 'What they took compressed, in bytes.' },

  chatapi_rate_limited_total: {
    type: 'counter',
    help: 'Frames and requests beyond a limit: RATE_LIMIT_MAX (message), PUBLISH_RATE_LIMIT_MAX (publish), CONTROL_RATE_LIMIT_MAX (control). held: sent later (RATE_LIMIT_OVERFLOW=queue); with that, dropped is what RATE_LIMIT_QUEUE_MAX had no room for.',
    labels: { kind: '`message`, `publish`, `control`', via: '`websocket`, `http`', outcome: '`dropped`, `held`' },
  },
  chatapi_invalid_frames_total: { type: 'counter', help: 'Frames that are no frames or of no known type; INVALID_FRAMES_PER_MINUTE of a connection close it with 4400.' },
  chatapi_bans_total: { type: 'counter', help: 'Bans made by this process: automatic (BAN_THRESHOLD), or by an administrator.', labels: { origin: '`automatic`, `administrator`' } },
  chatapi_bans_lifted_total: { type: 'counter', help: 'Bans lifted before their end.' },
  chatapi_token_refreshes_total: { type: 'counter', help: 'Tokens of live connections that were replaced.' },
  chatapi_token_revocations_total: { type: 'counter', help: 'Revocations made by this process.' },
  chatapi_presence_rooms_skipped_total: { type: 'counter', help: 'Rooms that were not told of a status that has changed, because they have more members than PRESENCE_MAX_ROOM_SIZE: one for each room and change.' },
  chatapi_http_errors_total: {
    type: 'counter',
    help: 'Requests that were answered with a problem, by status and code; event streams that were refused count as connection refusals.',
    labels: { status: 'of HTTP', code: 'of the table of error codes' },
  },

  chatapi_engine_call_duration_seconds: { type: 'histogram', help: 'How long calls of the engine take, whatever the answer.', labels: { call: 'a call of `DeliveryEngine`' }, buckets: BUCKETS_SECONDS },
  chatapi_engine_failures_total: {
    type: 'counter',
    help: 'Calls, or single publications, that failed: unavailable (STORE_UNAVAILABLE), full (STORE_FULL: STORE_MAX_BYTES or the disk), other. A refusal because of what was asked is no failure.',
    labels: { call: 'a call of `DeliveryEngine`', reason: '`unavailable`, `full`, `other`' },
  },
  chatapi_feed_gaps_healed_total: { type: 'counter', help: 'With Redis: times that something published was missing and was read from the log.' },
  chatapi_feed_resyncs_total: { type: 'counter', help: 'With Redis: times that what was missing was not kept any more, and who receives was asked instead.' },
  chatapi_feed_rewinds_total: { type: 'counter', help: 'With Redis: logs found without what they had brought, so the store has gone back.' },
  chatapi_redis_lines_replaced_total: { type: 'counter', help: 'With Redis: connections to it that did not answer any more and were given up for another.' },
  chatapi_redis_errors_total: { type: 'counter', help: 'With Redis: what went wrong on connections to it (lost, refused, no answer).' },

  chatapi_webhooks_queued_total: {
    type: 'counter',
    help: 'Events that this process has put into the queue of webhooks, each once however many URLs it goes to.',
    labels: { type: '`client.online`, `client.offline`, `notification.dropped`, `client.banned`' },
  },
  chatapi_webhook_attempts_total: {
    type: 'counter',
    help: 'Attempts to send a webhook. status: an answer that is neither 2xx nor 410 (gone); timeout: none within WEBHOOK_TIMEOUT_SECONDS; unreachable: no connection, or one that broke; address: one that is not allowed (WEBHOOK_ALLOW_PRIVATE_ADDRESSES).',
    labels: { outcome: '`delivered`, `gone`, `status`, `timeout`, `unreachable`, `address`, `other`' },
  },
  chatapi_webhook_retries_total: { type: 'counter', help: 'Attempts that failed and are made again.' },
  chatapi_webhooks_dropped_total: {
    type: 'counter',
    help: 'Webhooks that were not delivered, each once for each URL: queue_full (WEBHOOK_QUEUE_MAX), expired (WEBHOOK_RETRY_SECONDS), attempts (WEBHOOK_MAX_ATTEMPTS), gone (410); not_stored: events that the store did not take, or that were too many in memory.',
    labels: { reason: '`queue_full`, `not_stored`, `expired`, `attempts`, `gone`' },
  },
  chatapi_webhook_duration_seconds: { type: 'histogram', help: 'How long attempts took, whatever their outcome.', buckets: BUCKETS_SECONDS },
  chatapi_webhook_delay_seconds: { type: 'histogram', help: 'From queueing a webhook to its delivery.', buckets: DELAY_BUCKETS_SECONDS },
  chatapi_webhook_queue_size: { type: 'gauge', help: 'Webhooks that wait for this process’s URLs, those that are being sent included: of all servers over one store, which all say the same.' },
  chatapi_webhook_queue_limit: { type: 'gauge', help: 'WEBHOOK_QUEUE_MAX times the number of URLs; 0 without webhooks.' },
  chatapi_webhook_oldest_age_seconds: { type: 'gauge', help: 'How long the oldest of them has waited; 0 when there is none.' },

  chatapi_delivery_healthy: { type: 'gauge', help: '1 while canary notifications return through the engine, as /ws/health says; else 0.' },
  chatapi_canary_age_seconds: { type: 'gauge', help: 'How long ago a canary notification returned (CANARY_INTERVAL_SECONDS).' },
  chatapi_canary_round_trip_seconds: { type: 'gauge', help: 'How long the newest canary that has returned took.' },
  chatapi_canary_failures_total: { type: 'counter', help: 'Canaries that could not be stored, or had not returned when the next was due.' },
  chatapi_draining: { type: 'gauge', help: '1 while the process is shutting down; else 0.' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** The name of one of {@link METRICS}. */
export type MetricName = keyof typeof METRICS;
