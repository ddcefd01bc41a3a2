// Everything that a team may put in the place of ours, and what stands there if it does not.
import { type ClassProvider, type DynamicModule, type ExistingProvider, type FactoryProvider, Global, Module, type Provider, type ValueProvider } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AuditSink, fileAuditSink } from './audit/index.js';
import { ConfiguredSignatureVerifier, JwtTokenVerifier, SignatureVerifier, TokenVerifier } from './auth/index.js';
import { Settings } from './config/index.js';
import { DeliveryTracing, NotificationFilter, TypeNotificationFilter } from './delivery/index.js';
import { clockOf, DeliveryEngine, GivenEngine, RateLimitStore } from './engine/index.js';
import { MemoryRateLimitStore } from './limits/index.js';
import { Clock } from './log/index.js';
import { MembershipRoomAuthorizer, RoomAuthorizer } from './rooms/index.js';
import { httpWebhookSender, WebhookSender } from './webhooks/index.js';

/**
 * What stands for one of the tokens that can be replaced, in any of Nest's forms: `{ provide: RoomAuthorizer, useClass: … }`.
 *
 * @publicApi
 */
export type Replacement = ClassProvider | ExistingProvider | FactoryProvider | ValueProvider;

/** What is provided for each token that is not replaced. */
const OURS: ReadonlyMap<unknown, readonly Provider[]> = new Map<unknown, readonly Provider[]>([
  [AuditSink, [{ provide: AuditSink, inject: [Settings, Clock], useFactory: fileAuditSink }]],
  [Clock, [{ provide: Clock, inject: [Settings], useFactory: clockOf }]],
  [DeliveryEngine, []],
  [DeliveryTracing, []],
  [NotificationFilter, [{ provide: NotificationFilter, useClass: TypeNotificationFilter }]],
  [RateLimitStore, [{ provide: RateLimitStore, inject: [DeliveryEngine, Settings], useFactory: rateLimitStoreOf }]],
  [RoomAuthorizer, [{ provide: RoomAuthorizer, useClass: MembershipRoomAuthorizer }]],
  [
    TokenVerifier,
    [
      { provide: SignatureVerifier, useClass: ConfiguredSignatureVerifier },
      { provide: TokenVerifier, useClass: JwtTokenVerifier },
    ],
  ],
  [WebhookSender, [{ provide: WebhookSender, inject: [Settings, Clock], useFactory: httpWebhookSender }]],
]);

/** The engine's own, where processes share it. */
function rateLimitStoreOf(engine: DeliveryEngine, settings: Settings): RateLimitStore {
  return engine.rateLimits ?? new MemoryRateLimitStore(settings);
}

/** Needs `Settings` from a global module, and `DeliveryEngine`, which starts the engine that is given here. */
@Global()
@Module({})
export class ReplaceableModule {
  /**
   * @param imports The modules that the replacements inject from.
   * @throws Error for a token that cannot be replaced
   */
  static forRoot(replacements: readonly Replacement[], imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    for (const { provide } of replacements) if (!OURS.has(provide)) throw new Error(cannotBeReplaced(provide));
    const replaced = new Set(replacements.map(({ provide }) => provide));
    const kept = [...OURS].filter(([token]) => !replaced.has(token as symbol)).flatMap(([, providers]) => providers);
    const given = replacements.map((replacement) => (replacement.provide === DeliveryEngine ? { ...replacement, provide: GivenEngine } : replacement));
    const providers = [...kept, ...given];
    return {
      module: ReplaceableModule,
      imports: [JwtModule.register({}), ...imports],
      providers,
      exports: providers.map((provider) => (provider as Replacement).provide),
    };
  }
}

function cannotBeReplaced(token: unknown): string {
  const name = typeof token === 'function' ? token.name : String(token);
  const tokens = [...OURS.keys()].map((known) => (known as symbol).description).join(', ');
  return `ChatDeliveryModule cannot replace ${name}: what can be replaced is ${tokens}, each provided as { provide: TOKEN, useClass, useExisting, useFactory or useValue }`;
}
