// The whole server as one module.
import { ConfigurableModuleBuilder, type DynamicModule, type ExecutionContext, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { AdminModule } from './admin/index.js';
import { AuditModule } from './audit/index.js';
import { AuthModule, TokenVerifier } from './auth/index.js';
import { type GivenSettings, SettingsModule } from './config/index.js';
import { ConnectionsModule } from './connections/index.js';
import { ConsoleModule } from './console/index.js';
import { DeliveryModule } from './delivery/index.js';
import { DocsModule } from './docs/index.js';
import { EngineModule } from './engine/index.js';
import { EventsModule } from './events/index.js';
import { GatewayModule, NotificationsGateway } from './gateway/index.js';
import { HealthModule } from './health/index.js';
import { LimitsModule } from './limits/index.js';
import { MetricsModule } from './metrics/index.js';
import { PresenceModule } from './presence/index.js';
import { type Replacement, ReplaceableModule } from './replaceable.module.js';
import { RoomsModule } from './rooms/index.js';
import { SseModule } from './sse/index.js';
import { TracingModule } from './tracing/index.js';
import { WebhooksModule } from './webhooks/index.js';

/** What can be left out, and the routes that go with it. */
const PARTS = {
  /** The operators' routes under `/api/v1`: bans, connections, revocations, the audit trail. */
  admin: AdminModule,
  /** `/console`. */
  console: ConsoleModule,
  /** `/docs`. */
  docs: DocsModule,
  /** `/ws/health`, `/livez` and `/readyz`. */
  health: HealthModule,
  /** `/metrics`. */
  metrics: MetricsModule,
  /** `/sse`, and acknowledging over HTTP. */
  sse: SseModule,
  /** What WEBHOOK_* describe. */
  webhooks: WebhooksModule,
} as const satisfies Record<string, Type>;

/** What there always is. */
const CORE = [EventsModule, EngineModule, TracingModule, AuditModule, RoomsModule, GatewayModule] as const;

/** What the application may inject from. */
const EXPORTED = [AuthModule, LimitsModule, ConnectionsModule, DeliveryModule, PresenceModule, RoomsModule] as const;

/**
 * A part that can be left out.
 *
 * @publicApi
 */
export type DeliveryPart = keyof typeof PARTS;

/**
 * What is decided where the module is imported, beside the settings.
 *
 * @publicApi
 */
export interface ChatDeliveryExtras {
  /** What stands in the place of ours; docs/extending.md lists the tokens. @defaultValue nothing */
  replace: readonly Replacement[];
  /** The modules that the replacements, and the factory of `forRootAsync`, inject from. @defaultValue none */
  imports: NonNullable<ModuleMetadata['imports']>;
  /** The parts that this application does without. @defaultValue none */
  without: readonly DeliveryPart[];
  /** Whether every module of the application may inject what this one exports. @defaultValue false */
  isGlobal: boolean;
}

/**
 * What makes the settings for `forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface ChatDeliveryOptionsFactory {
  createChatDeliveryOptions(): GivenSettings | Promise<GivenSettings>;
}

const configurable = new ConfigurableModuleBuilder<GivenSettings>({ moduleName: 'ChatDelivery' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createChatDeliveryOptions')
  .setExtras<Partial<ChatDeliveryExtras>>({ replace: [], imports: [], without: [], isGlobal: false }, withModules)
  .build();
const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = configurable;

/** Settings and extras of `forRoot`. */
export type ChatDeliveryOptions = typeof configurable.OPTIONS_TYPE;

/** Extras of `forRootAsync`, and where the settings come from. */
export type ChatDeliveryAsyncOptions = typeof configurable.ASYNC_OPTIONS_TYPE;

/**
 * Notification delivery with its engine, HTTP API and WebSocket endpoint, for an application on Fastify that uses {@link DeliveryWsAdapter}.
 *
 * `forRoot` takes settings, `forRootAsync` what makes them (`useFactory`, `useClass` or `useExisting`): any part of `Settings`, the others have
 * their defaults. Both take {@link ChatDeliveryExtras} beside them. Settings that are not valid stop the creation of the application.
 *
 * Exports `NotificationPublisher`, `RoomsService`, `MembersService`, `PresenceService`, `DeliveryQueue`, `ConnectionRegistry`, `Authenticator`,
 * `BearerGuard`, `BanList` and `RateLimits`; `ChatEvents`, `Settings` and everything that can be replaced are there for every module.
 *
 * @publicApi
 */
@Module({})
export class ChatDeliveryModule extends ConfigurableModuleClass {}

/**
 * Whether a request is for one of our routes, or a command for our gateway. Guards, interceptors and filters of a whole application run for these
 * too: they ask, and stay out of the way.
 *
 * @publicApi
 */
export function isDeliveryRoute(context: Pick<ExecutionContext, 'getClass'>): boolean {
  return HANDLERS.has(context.getClass());
}

const HANDLERS: ReadonlySet<Type> = new Set([
  NotificationsGateway,
  ...[...CORE, ...Object.values(PARTS)].flatMap((module): Type[] => (Reflect.getMetadata('controllers', module) as Type[] | undefined) ?? []),
]);

function withModules({ module, imports = [], providers = [] }: DynamicModule, extras: Partial<ChatDeliveryExtras>): DynamicModule {
  const { replace = [], without = [], isGlobal = false } = extras;
  const from = [...new Set([...imports, ...(extras.imports ?? [])])];
  const parts = (Object.keys(PARTS) as DeliveryPart[]).filter((part) => !without.includes(part)).map((part) => PARTS[part]);
  const tokenKey = !replace.some(({ provide }) => provide === TokenVerifier);
  return {
    module,
    global: isGlobal,
    imports: [
      SettingsModule.forRoot({ imports: from, providers, given: MODULE_OPTIONS_TOKEN, tokenKey }),
      ReplaceableModule.forRoot(replace, from),
      ...CORE,
      ...parts,
      ...EXPORTED,
    ],
    exports: [...EXPORTED],
  };
}
