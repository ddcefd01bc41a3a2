// Every setting of the server: name, default, unit and range, in one class.
import { PRIVATE_ADDRESSES_PATTERN } from './outbound-addresses.js';
import { OneOf, OptionalText, ORIGINS_PATTERN, REDIS_URL_PATTERN, Seconds, Secret, SecretText, Text, TRUST_PROXY_PATTERN, WholeNumber } from './setting-rules.js';

/**
 * The settings, read from the environment: `queueMaxPerClient` from `QUEUE_MAX_PER_CLIENT`, and so on. Instances come from
 * {@link loadSettings}: valid and frozen. The class is the injection token of the settings in use.
 *
 * @publicApi
 */
export class Settings {
  /**
   * The port of HTTP and `/ws`; 0 takes any that is free.
   *
   * @defaultValue 8000
   */
  @WholeNumber({ min: 0, max: 65_535 })
  readonly port: number = 8000;

  /**
   * The address to listen at.
   *
   * @defaultValue 0.0.0.0
   */
  @Text('a host name or an IP address', /^[A-Za-z0-9.:_%-]{1,253}$/)
  readonly host: string = '0.0.0.0';

  /**
   * Where rooms, logs and queues are kept. `embedded`: one process, durable on its local disk. `redis`: any number of processes over one
   * Redis, which makes them durable.
   *
   * @defaultValue embedded
   */
  @OneOf('embedded', 'redis')
  readonly engine: 'embedded' | 'redis' = 'embedded';

  /**
   * The Redis of `ENGINE=redis`: `redis://` or `rediss://` (TLS), with user and password where it asks for them. Of a Cluster one or more nodes,
   * comma-separated; of Sentinels all, and the name they have for the master: `redis://one:26379,two:26379?master=NAME`.
   *
   * @defaultValue none
   */
  @SecretText('redis:// or rediss:// URLs, comma-separated', REDIS_URL_PATTERN)
  readonly redisUrl?: string;

  /**
   * The path of a file with the certificates (PEM) of the authorities that sign the certificates of Redis, when they are none that Node knows.
   *
   * @defaultValue none
   */
  @OptionalText('a path')
  readonly redisTlsCa?: string;

  /**
   * The path of a file with our own certificate (PEM), for a Redis that asks its clients for one.
   *
   * @defaultValue none
   */
  @OptionalText('a path')
  readonly redisTlsCert?: string;

  /**
   * The path of a file with the key (PEM) of this certificate.
   *
   * @defaultValue none
   */
  @OptionalText('a path')
  readonly redisTlsKey?: string;

  /**
   * Stands before every key and channel in Redis, so that several installations can share one.
   *
   * @defaultValue chatapi
   */
  @Text('letters, digits, "_", "-" and "."', /^[A-Za-z0-9_.-]{1,64}$/)
  readonly redisPrefix: string = 'chatapi';

  /**
   * So many replicas of the Redis must have a publish, a change of a room, a ban or a revocation before it is answered (WAIT); with fewer it is refused with 503, and nobody
   * knows whether it lasts: try again with the same id. 0: what a fail-over loses is lost, and signalled by new ids.
   *
   * @defaultValue 0
   */
  @WholeNumber({ min: 0, max: 100 })
  readonly redisWaitReplicas: number = 0;

  /**
   * How long these replicas may take, in milliseconds.
   *
   * @defaultValue 1000
   */
  @WholeNumber({ min: 1, max: 60_000 })
  readonly redisWaitTimeoutMs: number = 1000;

  /**
   * Whether Redis and these replicas must have it on their disks (WAITAOF; Redis 7.2 or later with `appendonly yes`).
   *
   * @defaultValue no
   */
  @OneOf('no', 'yes')
  readonly redisWaitDisk: 'no' | 'yes' = 'no';

  /**
   * The directory of the embedded store. One process at a time: a second one is refused.
   *
   * @defaultValue ./data
   */
  @Text('a path')
  readonly dataDir: string = './data';

  /**
   * When a publish is answered. `fsync`: its commit is on disk. `os`: its commit is handed to the operating system, which survives a
   * killed process and not a power cut.
   *
   * @defaultValue fsync
   */
  @OneOf('fsync', 'os')
  readonly durability: 'fsync' | 'os' = 'fsync';

  /**
   * The largest size of the embedded store's file, in bytes; past it writes are refused with 507 and nothing half done. 0: no
   * limit but the disk's.
   *
   * @defaultValue 0
   */
  @WholeNumber({ min: 1_048_576, max: 281_474_976_710_656, orZero: true })
  readonly storeMaxBytes: number = 0;

  /**
   * The secret that tokens are signed with (HS256). Of `JWT_SECRET`, `JWT_PUBLIC_KEY` and `JWT_JWKS_URI` exactly one is given. Without
   * any of them a random secret is made once and kept in `DATA_DIR/jwt-secret`, for its owner alone; with `NODE_ENV=production` the
   * server does not start.
   *
   * @defaultValue none
   */
  @Secret(32)
  readonly jwtSecret?: string;

  /**
   * The public key of whoever signs tokens: PEM text (line breaks may be written as `\\n`), or the path of a file that holds it.
   *
   * @defaultValue none
   */
  @OptionalText('a public key in PEM (RSA of 2048 bits or more, EC on P-256, P-384 or P-521, Ed25519), or the path of a file that holds one')
  readonly jwtPublicKey?: string;

  /**
   * The address of the key set (JWKS) of whoever signs tokens. It is fetched again every few minutes, and for a key that it lacks at
   * most once a minute; while it cannot be fetched the keys that are known go on counting.
   *
   * @defaultValue none
   */
  @OptionalText('an https URL; http for this machine, or outside NODE_ENV=production')
  readonly jwtJwksUri?: string;

  /**
   * The algorithms that tokens may be signed with, comma-separated. Unset: HS256 for a secret, those that fit it for a key, all
   * asymmetric ones for a key set.
   *
   * @defaultValue none
   */
  @OptionalText('HS256, HS384, HS512 for a secret; RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA for keys that fit')
  readonly jwtAlgorithms?: string;

  /**
   * What a token's `iss` has to be; not checked when unset.
   *
   * @defaultValue none
   */
  @OptionalText()
  readonly jwtIssuer?: string;

  /**
   * What a token's `aud` has to be or contain; not checked when unset.
   *
   * @defaultValue none
   */
  @OptionalText()
  readonly jwtAudience?: string;

  /**
   * How far the clock of whoever signs tokens may be off, in seconds.
   *
   * @defaultValue 5
   */
  @WholeNumber({ min: 0, max: 600 })
  readonly jwtClockToleranceSeconds: number = 5;

  /**
   * How long before its token expires a `chatapi.v1` connection is told so by `token_expiring`, in seconds; 0 tells nobody.
   *
   * @defaultValue 60
   */
  @Seconds({ min: 0, max: 86_400 })
  readonly tokenExpiringSeconds: number = 60;

  /**
   * How long a revocation is remembered, in seconds. Tokens must not live longer than this, or they come back to life.
   *
   * @defaultValue 31536000
   */
  @Seconds({ min: 1, max: 3_153_600_000 })
  readonly revocationTtlSeconds: number = 31_536_000;

  /**
   * The origins of pages that may connect, comma-separated (`https://chat.example.com`), or `*` for any. An upgrade with another
   * `Origin` is refused with 403; one without comes from no browser and is let through. Unset: pages of the host that is connected to.
   *
   * @defaultValue none
   */
  @OptionalText('origins (scheme://host or scheme://host:port), comma-separated, or *', ORIGINS_PATTERN)
  readonly allowedOrigins?: string;

  /**
   * Which proxies' `X-Forwarded-For` counts: `false` for none, a number of hops, or addresses and networks, comma-separated
   * (`loopback`, `linklocal` and `uniquelocal` stand for theirs). `true` trusts whoever connects, and so every address that a client
   * makes up: for servers that only a proxy can reach.
   *
   * @defaultValue false
   */
  @Text('false, true, a number of hops from 1 to 32, or addresses and networks, comma-separated', TRUST_PROXY_PATTERN)
  readonly trustProxy: string = 'false';

  /**
   * The messages that a client may send in a window, over all its connections and HTTP together.
   *
   * @defaultValue 100
   */
  @WholeNumber({ min: 1, max: 10_000_000 })
  readonly rateLimitMax: number = 100;

  /**
   * The sliding window of all rate limits, in seconds.
   *
   * @defaultValue 60
   */
  @Seconds({ min: 0.1, max: 86_400 })
  readonly rateLimitWindowSeconds: number = 60;

  /**
   * What becomes of a message beyond the limit. `drop`: it is refused. `queue`: sent over a WebSocket, it is held and sent, in order, as
   * the window allows; over HTTP it is refused all the same.
   *
   * @defaultValue drop
   */
  @OneOf('drop', 'queue')
  readonly rateLimitOverflow: 'drop' | 'queue' = 'drop';

  /**
   * With `RATE_LIMIT_OVERFLOW=queue`: the messages held for a client; what comes beyond is refused.
   *
   * @defaultValue 100
   */
  @WholeNumber({ min: 1, max: 10_000 })
  readonly rateLimitQueueMax: number = 100;

  /**
   * The notifications that a token with scope `publish` or `admin` may publish in a window, each item of a bulk counted; 0: no limit.
   *
   * @defaultValue 600000
   */
  @WholeNumber({ min: 1, max: 1_000_000_000, orZero: true })
  readonly publishRateLimitMax: number = 600_000;

  /**
   * The frames other than messages (acknowledgements, presence, pings, and pongs that answer no ping) that a client may send in a window,
   * over all its connections. Acknowledgements are cumulative, so no client needs one a notification.
   *
   * @defaultValue 6000
   */
  @WholeNumber({ min: 10, max: 10_000_000 })
  readonly controlRateLimitMax: number = 6000;

  /**
   * So many frames beyond a limit within one window ban the client; 0: nobody is banned automatically. Tokens with scope `publish` or
   * `admin` never are.
   *
   * @defaultValue 100
   */
  @WholeNumber({ min: 0, max: 10_000_000 })
  readonly banThreshold: number = 100;

  /**
   * How long an automatic ban lasts, in seconds.
   *
   * @defaultValue 300
   */
  @Seconds({ min: 0.1, max: 315_360_000 })
  readonly banSeconds: number = 300;

  /**
   * Connections of this process; beyond it upgrades are refused with 503. 0: no limit.
   *
   * @defaultValue 0
   */
  @WholeNumber({ min: 0, max: 10_000_000 })
  readonly maxConnections: number = 0;

  /**
   * Connections of one client, at all servers; beyond it one is closed with 4429, see `CONNECTION_LIMIT_POLICY`. 0: no limit.
   *
   * @defaultValue 10
   */
  @WholeNumber({ min: 0, max: 10_000_000 })
  readonly maxConnectionsPerClient: number = 10;

  /**
   * Which connection goes when a client has too many: `refuse-newest`, or `close-oldest`.
   *
   * @defaultValue refuse-newest
   */
  @OneOf('refuse-newest', 'close-oldest')
  readonly connectionLimitPolicy: 'refuse-newest' | 'close-oldest' = 'refuse-newest';

  /**
   * Connections from one address (IPv6: one /64 network); beyond it upgrades are refused with 429. 0: no limit.
   *
   * @defaultValue 0
   */
  @WholeNumber({ min: 0, max: 10_000_000 })
  readonly maxConnectionsPerIp: number = 0;

  /**
   * After about this time (±10 %, so that they do not all end at once) a connection is closed with 4001, in seconds. 0: never.
   *
   * @defaultValue 86400
   */
  @Seconds({ min: 0, max: 315_360_000 })
  readonly maxConnectionLifetimeSeconds: number = 86_400;

  /**
   * How long a client may take for the head of its request, in seconds; then the socket is cut.
   *
   * @defaultValue 10
   */
  @Seconds({ min: 0.1, max: 600 })
  readonly handshakeTimeoutSeconds: number = 10;

  /**
   * Failed authentications from one address (IPv6: one /64 network) in a minute that are answered with 4401; beyond it the upgrade is
   * refused with 401 and `Retry-After`, which ends clients that reconnect for ever. Good tokens from there still get in.
   *
   * @defaultValue 3
   */
  @WholeNumber({ min: 0, max: 10_000_000 })
  readonly authFailuresPerMinute: number = 3;

  /**
   * Frames of a connection in a minute that are no frames or of no known type; that many close it with 4400.
   *
   * @defaultValue 10
   */
  @WholeNumber({ min: 1, max: 10_000_000 })
  readonly invalidFramesPerMinute: number = 10;

  /**
   * The notifications kept for a client, over all its rooms; past it the oldest go first, counted and reported.
   *
   * @defaultValue 1000
   */
  @WholeNumber({ min: 1, max: 100_000 })
  readonly queueMaxPerClient: number = 1000;

  /**
   * A queued notification older than this is dropped, in seconds.
   *
   * @defaultValue 604800
   */
  @Seconds({ min: 0.1, max: 315_360_000 })
  readonly queueTtlSeconds: number = 604_800;

  /**
   * For so long a repeated message id or `Idempotency-Key` is answered with the first result, in seconds.
   *
   * @defaultValue 86400
   */
  @Seconds({ min: 0.1, max: 315_360_000 })
  readonly idempotencyTtlSeconds: number = 86_400;

  /**
   * The largest inbound frame, and the largest content of a message, in bytes.
   *
   * @defaultValue 65536
   */
  @WholeNumber({ min: 256, max: 16_777_216 })
  readonly maxPayloadBytes: number = 65_536;

  /**
   * Notifications this large or larger, in bytes, are compressed (permessage-deflate) for the clients that offer it: once, whoever receives them.
   * 0: none.
   *
   * @defaultValue 1024
   */
  @WholeNumber({ min: 0, max: 1_048_576 })
  readonly compressionThresholdBytes: number = 1024;

  /**
   * How long a browser waits before it comes back to `/sse` after its line broke, in milliseconds, give or take a half: each connection is told another time.
   *
   * @defaultValue 3000
   */
  @WholeNumber({ min: 100, max: 600_000 })
  readonly sseRetryMs: number = 3000;

  /**
   * How long the id of an event of `/sse` may be, in bytes. It holds how far the client has got in each of its rooms; those that moved longest ago are left out
   * first, and what is not acknowledged of them comes again when the client comes back.
   *
   * @defaultValue 1024
   */
  @WholeNumber({ min: 192, max: 4096 })
  readonly sseEventIdMaxBytes: number = 1024;

  /**
   * Between two pings of the server on an idle connection, in seconds.
   *
   * @defaultValue 25
   */
  @Seconds({ min: 0.05, max: 3600 })
  readonly heartbeatIntervalSeconds: number = 25;

  /**
   * Silence of the peer after which a connection is closed with 4408, in seconds.
   *
   * @defaultValue 60
   */
  @Seconds({ min: 0.1, max: 7200, above: 'heartbeatIntervalSeconds' })
  readonly heartbeatTimeoutSeconds: number = 60;

  /**
   * The longest a delivered notification waits for its transport acknowledgement to be asked for, in milliseconds; sooner after
   * 64 of them.
   *
   * @defaultValue 1000
   */
  @WholeNumber({ min: 1, max: 60_000 })
  readonly ackIntervalMs: number = 1000;

  /**
   * After a broken connection, what the transport acknowledged within this time before the break is delivered again, in
   * milliseconds: a browser answers pings while its page is blocked or dying.
   *
   * @defaultValue 2000
   */
  @WholeNumber({ min: 0, max: 60_000 })
  readonly ackSettleMs: number = 2000;

  /**
   * Bytes in a connection's socket buffer past which it is not written to until it drains.
   *
   * @defaultValue 1048576
   */
  @WholeNumber({ min: 1024, max: 1_073_741_824 })
  readonly sendBufferMaxBytes: number = 1_048_576;

  /**
   * A client that comes back within this time was never offline, in seconds.
   *
   * @defaultValue 5
   */
  @Seconds({ min: 0, max: 3600 })
  readonly presenceGraceSeconds: number = 5;

  /**
   * Rooms with more members send no `client_status`; their presence can still be asked for.
   *
   * @defaultValue 500
   */
  @WholeNumber({ min: 0, max: 1_000_000 })
  readonly presenceMaxRoomSize: number = 500;

  /**
   * What is logged: this level and everything graver.
   *
   * @defaultValue info
   */
  @OneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent' = 'info';

  /**
   * `json`: an object a line. `pretty`: for people, and the default on a terminal outside `NODE_ENV=production`.
   *
   * @defaultValue json
   */
  @OneOf('json', 'pretty')
  readonly logFormat: 'json' | 'pretty' = 'json';

  /**
   * Who may connect with `debug=true`, to be told of each notification how it came to it: `off`, nobody; `scope`, tokens with scope `debug` or `admin`;
   * `allowed`, everybody, about their own connection. Outside `NODE_ENV=production` the default is `allowed`.
   *
   * @defaultValue scope
   */
  @OneOf('off', 'scope', 'allowed')
  readonly debugMode: 'off' | 'scope' | 'allowed' = 'scope';

  /**
   * What debugged connections and traces call this server; unset, it is the machine's host name and the process's number.
   *
   * @defaultValue none
   */
  @OptionalText('letters, digits and `_ . : -`, at most 64', /^[A-Za-z0-9_.:-]{1,64}$/)
  readonly nodeName?: string;

  /**
   * At shutdown the closes of connections are spread over this time, so that they do not all come back at once, in seconds; few of them are closed 250 ms apart, the last one not before a second.
   *
   * @defaultValue 10
   */
  @Seconds({ min: 0, max: 3600 })
  readonly shutdownDrainSeconds: number = 10;

  /**
   * Whether an audit trail is written.
   *
   * @defaultValue on
   */
  @OneOf('on', 'off')
  readonly audit: 'on' | 'off' = 'on';

  /**
   * The directory of the audit trail, for its owner alone; unset, it is `audit` in `DATA_DIR`.
   *
   * @defaultValue none
   */
  @OptionalText('a path')
  readonly auditDir?: string;

  /**
   * Deliveries in the audit trail, each when the client first acknowledges it. `off`: none. `summary`: the range that was acknowledged, by
   * client and room. `each`: one entry a notification.
   *
   * @defaultValue summary
   */
  @OneOf('off', 'summary', 'each')
  readonly auditDeliveries: 'off' | 'summary' | 'each' = 'summary';

  /**
   * An audit file that has become this large is closed and a new one begun, in bytes.
   *
   * @defaultValue 67108864
   */
  @WholeNumber({ min: 4096, max: 17_179_869_184 })
  readonly auditFileMaxBytes: number = 67_108_864;

  /**
   * An audit file this old is closed and a new one begun, in seconds.
   *
   * @defaultValue 86400
   */
  @Seconds({ min: 1, max: 31_536_000 })
  readonly auditFileMaxSeconds: number = 86_400;

  /**
   * Audit files that were closed longer ago than this are deleted, in seconds. 0: never.
   *
   * @defaultValue 7776000
   */
  @Seconds({ min: 0, max: 3_153_600_000 })
  readonly auditRetentionSeconds: number = 7_776_000;

  /**
   * Where events are sent to, as signed POSTs of JSON (docs/webhooks.md): https URLs, comma-separated; http ones only for private addresses that are allowed. Each gets every
   * event. Unset: no webhooks. Treated as a secret, since paths and queries of such URLs often are.
   *
   * @defaultValue none
   */
  @SecretText('at most 20 https URLs without user name and password, comma-separated', /^[^\s,]+(?: *, *[^\s,]+)*$/)
  readonly webhookUrls?: string;

  /**
   * What webhooks are signed with; needed with `WEBHOOK_URLS`. `whsec_` and the key in base64, as the Standard Webhooks libraries take it, or any other text, whose bytes are the
   * key. Several, comma-separated, sign each request once each: to change one, put the new one in front, change the receivers, and take the old one away.
   *
   * @defaultValue none
   */
  @SecretText('at most 5 secrets of 32 bytes or more, comma-separated', /^[^\s,]+(?: *, *[^\s,]+)*$/)
  readonly webhookSecret?: string;

  /**
   * Which events are sent, comma-separated.
   *
   * @defaultValue client.online,client.offline,notification.dropped,client.banned
   */
  @Text('client.online, client.offline, notification.dropped, client.banned, comma-separated', /^[a-z._]+(?: *, *[a-z._]+)*$/)
  readonly webhookEvents: string = 'client.online,client.offline,notification.dropped,client.banned';

  /**
   * Which addresses that are not public webhooks may go to: `false`, none; `true`, all; or addresses and networks, comma-separated (`10.1.0.0/16, fd00::/8`). Names are
   * resolved here, and what they stand for is looked at before anything is connected to.
   *
   * @defaultValue false
   */
  @Text('false, true, or addresses and networks, comma-separated', PRIVATE_ADDRESSES_PATTERN)
  readonly webhookAllowPrivateAddresses: string = 'false';

  /**
   * How long a receiver may take to answer a webhook, in seconds.
   *
   * @defaultValue 10
   */
  @Seconds({ min: 0.1, max: 300 })
  readonly webhookTimeoutSeconds: number = 10;

  /**
   * Attempts to send a webhook to one URL; after the last one it is given up.
   *
   * @defaultValue 50
   */
  @WholeNumber({ min: 1, max: 10_000 })
  readonly webhookMaxAttempts: number = 50;

  /**
   * A webhook that could not be sent for so long is given up, in seconds, however many attempts were made.
   *
   * @defaultValue 86400
   */
  @Seconds({ min: 1, max: 2_592_000 })
  readonly webhookRetrySeconds: number = 86_400;

  /**
   * Before the second attempt any time up to this goes by, in seconds; the bound doubles with each attempt.
   *
   * @defaultValue 1
   */
  @Seconds({ min: 0.01, max: 3600 })
  readonly webhookBackoffBaseSeconds: number = 1;

  /**
   * That bound goes no further than this, in seconds, and no receiver's `Retry-After` counts for longer.
   *
   * @defaultValue 3600
   */
  @Seconds({ min: 0.01, max: 86_400 })
  readonly webhookBackoffMaxSeconds: number = 3600;

  /**
   * Webhooks that wait for one URL, in the store; past it the oldest go first, counted.
   *
   * @defaultValue 100000
   */
  @WholeNumber({ min: 1, max: 10_000_000 })
  readonly webhookQueueMax: number = 100_000;

  /**
   * Requests of this process to one URL that are under way at a time.
   *
   * @defaultValue 8
   */
  @WholeNumber({ min: 1, max: 256 })
  readonly webhookConcurrency: number = 8;

  /**
   * At most one `notification.dropped` for each client's device and process in this time, in seconds: what is dropped meanwhile is put together.
   *
   * @defaultValue 10
   */
  @Seconds({ min: 0.1, max: 3600 })
  readonly webhookDroppedIntervalSeconds: number = 10;

  /**
   * A token that opens `GET /metrics` as `Authorization: Bearer`, for Prometheus. A token with scope `admin` opens it too, and alone when this is unset.
   *
   * @defaultValue none
   */
  @SecretText('16 or more letters, digits and characters of "-._~+/="', /^[A-Za-z0-9._~+/=-]{16,512}$/)
  readonly metricsToken?: string;

  /**
   * Whether `/docs` is served: the page, and the OpenAPI and AsyncAPI documents that it shows. They say what this server can do, and nothing of what is in it. `off`: 404.
   *
   * @defaultValue on
   */
  @OneOf('on', 'off')
  readonly docs: 'on' | 'off' = 'on';

  /**
   * Between two canary notifications, which `/ws/health` judges delivery by, in seconds.
   *
   * @defaultValue 5
   */
  @Seconds({ min: 0.05, max: 3600 })
  readonly canaryIntervalSeconds: number = 5;

  /**
   * Memory for the newest entries of rooms that have connected members, in bytes; older ones are read from the store.
   *
   * @defaultValue 33554432
   */
  @WholeNumber({ min: 0, max: 17_179_869_184 })
  readonly tailCacheBytes: number = 33_554_432;
}

/** The names of all settings, as properties, in the order of the class. */
export const SETTING_PROPERTIES = Object.freeze(Object.keys(new Settings())) as readonly (keyof Settings)[];
