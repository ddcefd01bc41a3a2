// The HTTP API in a Nest application, over a real embedded engine in a directory of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { loadSettings, Settings } from '../../../src/config/index.js';
import { SentPositions } from '../../../src/delivery/index.js';
import { DeliveryEngine, EmbeddedEngine } from '../../../src/engine/index.js';
import { ChatEvents } from '../../../src/events/index.js';
import { configureHttp, createHttpAdapter, DirectRoutes } from '../../../src/http/index.js';
import { systemClock } from '../../../src/log/index.js';
import { ReplaceableModule } from '../../../src/replaceable.module.js';
import { RoomsModule } from '../../../src/rooms/index.js';
import { type Claims, JWT_SECRET, signToken } from '../../support/tokens.js';

export interface ApiServerOptions {
  /** Whether it takes the short way of `DirectRoutes`, as our own application does. */
  readonly direct?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** What connections would have been sent; this application has none, so the tests say it. */
export class ToldPositions implements SentPositions {
  readonly sent = new Set<string>();
  flushes = 0;

  isSent(tenant: string, clientId: string, log: string, seq: number): boolean {
    return this.sent.has([tenant, clientId, log, seq].join('/'));
  }

  flushCursors(): Promise<void> {
    this.flushes++;
    return Promise.resolve();
  }
}

/** One server with an empty store. */
export class ApiServer {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly origin: string,
    readonly engine: DeliveryEngine,
    readonly positions: ToldPositions,
    /** How many requests Fastify and Nest have served. */
    readonly countLongWays: () => number,
    private readonly dataDir: string,
  ) {}

  /** Nothing is about limits here, unless `env` says so. */
  static async start({ direct = false, env = {} }: ApiServerOptions = {}): Promise<ApiServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'chatapi-http-'));
    const settings = loadSettings({ JWT_SECRET, DATA_DIR: dataDir, RATE_LIMIT_MAX: '1000000', ...env });
    const engine = new EmbeddedEngine({ dataDir, durability: 'os', queueMaxPerClient: 1000, queueTtlSeconds: 604_800, idempotencyTtlSeconds: 86_400 }, systemClock);
    await engine.start();
    const positions = new ToldPositions();
    const providers = [
      { provide: Settings, useValue: settings },
      ChatEvents,
      { provide: DeliveryEngine, useValue: engine },
    ];
    @Global()
    @Module({ providers, exports: providers })
    class CoreModule {}
    const module = await Test.createTestingModule({ imports: [CoreModule, ReplaceableModule.forRoot([], []), RoomsModule] })
      .overrideProvider(SentPositions)
      .useValue(positions)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(createHttpAdapter({ maxPayloadBytes: settings.maxPayloadBytes }), { logger: false });
    configureHttp(app);
    if (direct) app.get(DirectRoutes, { strict: false }).serve(app);
    let longWays = 0;
    app.getHttpAdapter().getInstance().addHook('onRequest', (_request, _reply, done) => {
      longWays++;
      done();
    });
    await app.listen(0, '127.0.0.1');
    return new ApiServer(app, await app.getUrl(), engine, positions, () => longWays, dataDir);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.engine.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** What the application was put together with. */
  provided<T>(token: Type<T>): T {
    return this.app.get(token, { strict: false });
  }

  /** Whoever bears a token with these claims. */
  as(sub: string, claims: Omit<Claims, 'sub'> = {}) {
    return this.bearing(signToken({ sub, ...claims }));
  }

  get admin() {
    return this.as('admin', { scope: 'admin' });
  }

  get backend() {
    return this.as('backend', { scope: 'publish' });
  }

  /** Whoever bears this token; nobody when it is absent. Paths begin behind `/api/v1`. */
  bearing(token: string | undefined) {
    const agent = supertest.agent(`${this.origin}/api/v1`);
    return token === undefined ? agent : agent.set('Authorization', `Bearer ${token}`);
  }
}
