// forRoot and forRootAsync: settings, replacements, parts that are left out, and what stops the boot.
import { Injectable, Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ChatDeliveryModule,
  type ChatDeliveryOptionsFactory,
  ChatError,
  Clock,
  DeliveryEngine,
  DeliveryWsAdapter,
  EmbeddedEngine,
  type GivenSettings,
  NotificationPublisher,
  RateLimitStore,
  RoomsService,
  servicePrincipal,
  Settings,
  TokenVerifier,
  type WebhookMessage,
  type WebhookOutcome,
  WebhookSender,
} from '../../../src/index.js';
import { eventually } from '../../support/eventually.js';
import { Metrics } from '../../support/metrics.js';
import { MountedApp, mountedSettings } from '../../support/mounted-app.js';

async function start(make: (settings: Awaited<ReturnType<typeof mountedSettings>>) => ReturnType<typeof ChatDeliveryModule.forRoot>): Promise<MountedApp> {
  const settings = await mountedSettings();
  const mounted = await MountedApp.start({ imports: [make(settings)] }, { dataDir: settings.dataDir });
  onTestFinished(() => mounted.stop());
  return mounted;
}

/** The message that the boot fails with. */
async function failure(start: Promise<MountedApp>): Promise<string> {
  return start.then(
    async (mounted) => {
      await mounted.stop();
      return 'it started';
    },
    (error: unknown) => (error as Error).message,
  );
}

describe('settings', () => {
  it('are those that a factory makes from what it injects, and the defaults of all others', async () => {
    const settings = await mountedSettings();
    const Home = Symbol('Home');
    @Module({ providers: [{ provide: Home, useValue: settings }], exports: [Home] })
    class HomeModule {}
    const mounted = await MountedApp.start(
      {
        imports: [
          ChatDeliveryModule.forRootAsync({
            imports: [HomeModule],
            inject: [Home],
            useFactory: (home: typeof settings) => Promise.resolve({ ...home, queueMaxPerClient: 3, redisUrl: undefined }),
          }),
        ],
      },
      { dataDir: settings.dataDir },
    );
    onTestFinished(() => mounted.stop());
    expect(mounted.app.get(Settings)).toMatchObject({ ...settings, queueMaxPerClient: 3, heartbeatIntervalSeconds: new Settings().heartbeatIntervalSeconds });
    const admin = mounted.api();
    await admin.createRoom({ id: 'r', members: ['alice'] });
    for (let i = 0; i < 5; i++) await admin.publish('r', { content: `${i}` });
    expect((await admin.queue('alice')).body).toMatchObject({ size: 3, dropped: 2 });
  });

  it('that are not valid stop the boot and are all named, as in the environment', async () => {
    class Wrong implements ChatDeliveryOptionsFactory {
      createChatDeliveryOptions(): GivenSettings {
        return { queueMaxPerClient: -1, jwtSecret: 'short', heartbeat: 5 } as GivenSettings;
      }
    }
    const unknown = await failure(MountedApp.start({ imports: [ChatDeliveryModule.forRootAsync({ useClass: Wrong })] }));
    expect(unknown).toMatch(/^The settings are not valid:\n {2}heartbeat is no setting; allowed: port, /);
    const message = await failure(MountedApp.start({ imports: [ChatDeliveryModule.forRoot({ queueMaxPerClient: -1, jwtSecret: 'short' })] }));
    expect(message).toMatch(/^The settings are not valid:\n {2}JWT_SECRET has a value.*\n {2}QUEUE_MAX_PER_CLIENT is -1; allowed: a whole number from /);
    expect(message).not.toContain('short');
  });
});

describe('replacements', () => {
  it('of an engine are started before they are used and stopped at the end', async () => {
    const steps: string[] = [];
    @Injectable()
    class TracedEngine extends EmbeddedEngine {
      override async start(): Promise<void> {
        steps.push('start');
        await super.start();
      }
      override async stop(): Promise<void> {
        steps.push('stop');
        await super.stop();
      }
    }
    const settings = await mountedSettings();
    const engine = {
      provide: DeliveryEngine,
      inject: [Settings, Clock],
      useFactory: ({ dataDir, queueMaxPerClient, queueTtlSeconds, idempotencyTtlSeconds }: Settings, clock: Clock) =>
        new TracedEngine({ dataDir, durability: 'os', queueMaxPerClient, queueTtlSeconds, idempotencyTtlSeconds, maxStoreBytes: 0 }, clock),
    };
    const mounted = await MountedApp.start({ imports: [ChatDeliveryModule.forRoot({ ...settings, replace: [engine] })] }, { dataDir: settings.dataDir });
    expect(mounted.app.get<unknown>(DeliveryEngine)).toBeInstanceOf(TracedEngine);
    expect((await mounted.api().createRoom({ id: 'r' })).status).toBe(201);
    await mounted.stop();
    expect(steps).toEqual(['start', 'stop']);
  });

  it('of a token verifier need no key, in production either', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    onTestFinished(() => void vi.unstubAllEnvs());
    const verifier: TokenVerifier = {
      verify: (token) => (token.startsWith('pass-of-') ? Promise.resolve({ ...servicePrincipal(token.slice('pass-of-'.length)) }) : Promise.reject(new ChatError('UNAUTHENTICATED'))),
    };
    const mounted = await start(({ jwtSecret: _, ...settings }) => ChatDeliveryModule.forRoot({ ...settings, replace: [{ provide: TokenVerifier, useValue: verifier }] }));
    expect((await mounted.api('pass-of-admin').createRoom({ id: 'r', members: ['alice'] })).status).toBe(201);
    expect((await mounted.api('alice').room('r')).status).toBe(401);
    const alice = await mounted.connect('alice', { token: 'pass-of-alice' });
    onTestFinished(() => alice.cut());
    await mounted.api('pass-of-admin').publish('r', { content: 'hello' });
    await alice.until('the message', () => alice.frames.some(({ type }) => type === 'message'));
  });

  it('of the clock and the rate-limit store are asked by everything', async () => {
    const now = Date.parse('2031-01-02T03:04:05.678Z');
    const keys: string[] = [];
    const store: RateLimitStore = {
      take: (key, _limit, hits) => {
        keys.push(key);
        return Promise.resolve({ granted: hits, used: hits, waitMs: 0 });
      },
      clear: () => Promise.resolve(),
    };
    const mounted = await start((settings) =>
      ChatDeliveryModule.forRoot({
        ...settings,
        publishRateLimitMax: 5,
        replace: [
          { provide: Clock, useValue: { now: () => now } },
          { provide: RateLimitStore, useValue: store },
          { provide: TokenVerifier, useValue: { verify: () => Promise.resolve(servicePrincipal('admin')) } },
        ],
      }),
    );
    await mounted.api().createRoom({ id: 'r' });
    expect((await mounted.api().publish('r', { content: 'hello' })).body.timestamp).toBe('2031-01-02T03:04:05.678Z');
    expect(keys).toHaveLength(1);
  });

  it('of a webhook sender are given each event until they have taken it or given it up, and are closed at the end', async () => {
    const attempts: (WebhookMessage & { destination: string })[] = [];
    let closings = 0;
    @Injectable()
    class BrokerSender implements WebhookSender {
      readonly destinations = ['broker'];
      send(destination: string, message: WebhookMessage): Promise<WebhookOutcome> {
        attempts.push({ destination, ...message });
        if (message.body.includes('"retired"')) return Promise.resolve({ kind: 'gone', detail: 'nobody listens to this any more' });
        if (message.attempt === 1) return Promise.reject(new Error('the broker is away'));
        return Promise.resolve(message.attempt === 2 ? { kind: 'failed', reason: 'unreachable', detail: 'the broker is still away' } : { kind: 'delivered' });
      }
      close(): void {
        closings++;
      }
    }
    const settings = await mountedSettings();
    const quick = { ...settings, webhookBackoffBaseSeconds: 0.05, webhookBackoffMaxSeconds: 0.1 };
    const replaced = ChatDeliveryModule.forRoot({ ...quick, replace: [{ provide: WebhookSender, useClass: BrokerSender }] });
    const mounted = await MountedApp.start({ imports: [replaced] }, { dataDir: settings.dataDir });
    for (const client of ['mallory', 'retired']) expect((await mounted.api().request('PUT', `/bans/${client}`, { seconds: 60 })).status).toBe(200);
    const metrics = await eventually('nothing to wait any more', async () => {
      const now = await Metrics.of(mounted);
      return now.value('chatapi_webhooks_queued_total') === 2 && now.value('chatapi_webhook_queue_size') === 0 ? now : undefined;
    });
    const outcomes = ['other', 'unreachable', 'delivered', 'gone'].map((outcome) => metrics.value('chatapi_webhook_attempts_total', { outcome }));
    expect(outcomes).toEqual([1, 1, 1, 1]);

    const [first, ...others] = attempts.filter(({ body }) => body.includes('"mallory"'));
    expect(JSON.parse(first.body)).toMatchObject({ id: first.id, type: 'client.banned', data: { tenant: 'default', client_id: 'mallory', by: 'admin' } });
    expect(others).toEqual([2, 3].map((attempt) => ({ ...first, attempt })));
    expect(first).toMatchObject({ destination: 'broker', attempt: 1 });
    expect(attempts).toHaveLength(4);
    expect(closings).toBe(0);
    await mounted.stop();
    expect(closings).toBe(1);
  });

  it('of anything else are refused, and the message says what there is', () => {
    expect(() => ChatDeliveryModule.forRoot({ replace: [{ provide: NotificationPublisher, useValue: {} }] })).toThrow(
      /cannot replace NotificationPublisher: what can be replaced is AuditSink, Clock, DeliveryEngine, DeliveryTracing, NotificationFilter, RateLimitStore, RoomAuthorizer, TokenVerifier, WebhookSender,/,
    );
  });
});

describe('the parts', () => {
  const paths = ['/ws/health', '/livez', '/readyz', '/metrics', '/api/v1/bans', '/api/v1/connections', '/api/v1/audit', '/sse'];
  const statuses = (mounted: MountedApp): Promise<number[]> => Promise.all(paths.map(async (path) => (await mounted.get(path)).status));

  it('are all there by default, and not those that are left out', async () => {
    const whole = await start((settings) => ChatDeliveryModule.forRoot(settings));
    expect(await statuses(whole)).toEqual([200, 200, 200, 401, 401, 401, 401, 401]);
    const core = await start((settings) => ChatDeliveryModule.forRoot({ ...settings, without: ['admin', 'console', 'health', 'metrics', 'sse', 'webhooks'] }));
    expect(await statuses(core)).toEqual(paths.map(() => 404));
    const rooms = core.app.get(RoomsService, { strict: false });
    await rooms.create(servicePrincipal('shop'), { id: 'r', members: ['alice'] });
    const alice = await core.connect('alice');
    onTestFinished(() => alice.cut());
    await core.api().publish('r', { content: 'hello' });
    await alice.until('the message', () => alice.frames.some(({ type }) => type === 'message'));
  });

  it('that remain do without those that are left out', async () => {
    const mounted = await start((settings) => ChatDeliveryModule.forRoot({ ...settings, without: ['health', 'admin', 'console'] }));
    expect(await statuses(mounted)).toEqual([404, 404, 404, 401, 404, 404, 404, 401]);
  });
});

describe('the boot', () => {
  async function withAdapter(configure: Parameters<typeof MountedApp.start>[1] & object, providers: (new () => object)[] = []): Promise<string> {
    const settings = await mountedSettings();
    return failure(MountedApp.start({ imports: [ChatDeliveryModule.forRoot(settings)], providers }, { ...configure, dataDir: settings.dataDir }));
  }

  it('stops with the cure when another WebSocket adapter is used', async () => {
    const message = await withAdapter({ configure: (app) => void app.useWebSocketAdapter(new WsAdapter(app)) });
    expect(message).toContain('call app.useWebSocketAdapter(new DeliveryWsAdapter(app))');
  });

  it('stops with the cure when there is another gateway', async () => {
    @WebSocketGateway({ path: '/games' })
    class GamesGateway {}
    const message = await withAdapter({ configure: (app) => void app.useWebSocketAdapter(new DeliveryWsAdapter(app)) }, [GamesGateway]);
    expect(message).toMatch(/serves the gateway of \/ws alone, not the one of "\/games": put gateways of your own into another application/);
  });
});
