// The public door: what other applications import, described in docs/extending.md. The rest is internal, and may change with any release.

// Mounting
export {
  type ChatDeliveryAsyncOptions,
  type ChatDeliveryExtras,
  ChatDeliveryModule,
  type ChatDeliveryOptions,
  type ChatDeliveryOptionsFactory,
  type DeliveryPart,
  isDeliveryRoute,
} from './chat-delivery.module.js';
export type { Replacement } from './replaceable.module.js';
export { DeliveryWsAdapter } from './connections/index.js';
export { ChatErrorFilter, configureHttp, createHttpAdapter, type HttpAdapterOptions, type Problem, ProblemFilter, trustedProxies } from './http/index.js';

// Settings
export { completeSettings, type GivenSettings, loadSettings, type LoadOptions, readSettings, readTracingSettings, type SettingFault, Settings, SettingsError } from './config/index.js';

// What other modules inject
export { Authenticator, BearerGuard, CurrentPrincipal, hasScope, type Principal, RequireScope, RevocationList, Scope, servicePrincipal } from './auth/index.js';
export { type Connection, ConnectionRegistry } from './connections/index.js';
export {
  type CustomPublication,
  DeliveryQueue,
  type MessagePublication,
  NotificationPublisher,
  type Publication,
  type PublishedMessage,
  type PublishedNotification,
} from './delivery/index.js';
export { BanList, type BanRequest, RateLimits } from './limits/index.js';
export { type Statistics, StatisticsService } from './metrics/index.js';
export { PresenceService } from './presence/index.js';
export { MembersService, RoomsService } from './rooms/index.js';

// What happens
export type * from './events/index.js';
export { ChatEvents, OnChatEvent } from './events/index.js';

// What can be replaced, and what stands there otherwise
export * from './engine/delivery-engine.interface.js';
export { type AuditPage, type AuditQuery, type AuditReader, type AuditRecord, AuditSink, FileAuditSink, fileAuditSink, isAuditReader } from './audit/index.js';
export { JwtTokenVerifier, SignatureVerifier, type SignedToken, TokenVerifier } from './auth/index.js';
export { DeliveryTracing, NotificationFilter, type TracedAppend, TypeNotificationFilter } from './delivery/index.js';
export { type ClaimedMessage, EmbeddedEngine, type EmbeddedEngineOptions, type NodeBus, type Outbox, type OutboxAdded, type OutboxClaim, type OutboxLimits, type OutboxMessage, type OutboxState, type JournaledChange, type PendingPresence, type PresenceJournal, RateLimitStore, type TakenHits } from './engine/index.js';
export { MemoryRateLimitStore } from './limits/index.js';
export { type AppendedEntry, type Audience, Clock, type LogAddress, type LogEntry, type MembershipChange, personalLog, systemClock } from './log/index.js';
export { MembershipRoomAuthorizer, RoomAuthorizer } from './rooms/index.js';
export { startTracing } from './tracing/index.js';
export { HttpWebhookSender, httpWebhookSender, type WebhookBodies, type WebhookBody, type WebhookFailure, type WebhookMessage, type WebhookOutcome, WebhookSender, type WebhookSenderSettings } from './webhooks/index.js';

// What is said on the wire
export * from './protocol/index.js';
