// Finds the methods that listen to what happens, and lets them.
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type ChatEventMap, ChatEvents } from './chat-events.js';
import { CHAT_EVENT_METADATA } from './on-chat-event.decorator.js';

type Method = (...args: unknown[]) => unknown;

/** The methods with `@OnChatEvent()` of all providers and controllers of the application. */
@Injectable()
export class EventListeners implements OnModuleInit {
  private readonly logger = new Logger('Events');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly events: ChatEvents,
  ) {}

  /** @throws Error for a listener that is made anew for each request: no event belongs to one */
  onModuleInit(): void {
    const listening = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const instance: unknown = wrapper.instance;
      // A provider may be known by several tokens.
      if (typeof instance !== 'object' || instance === null || listening.has(instance)) continue;
      listening.add(instance);
      for (const { event, name, method } of this.listenersOf(instance)) {
        if (!wrapper.isDependencyTreeStatic()) throw new Error(`${String(wrapper.name)}.${name} listens to ${event} and depends on the request: @OnChatEvent() needs a provider of the default scope.`);
        this.events.on(event, (...args: unknown[]) => this.call(() => method.apply(instance, args)));
      }
    }
  }

  private listenersOf(instance: object): { event: keyof ChatEventMap; name: string; method: Method }[] {
    const prototype = Object.getPrototypeOf(instance) as Record<string, Method> | null;
    if (prototype === null || prototype === Object.prototype) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const event = Reflect.getMetadata(CHAT_EVENT_METADATA, prototype[name]) as keyof ChatEventMap | undefined;
      return event === undefined ? [] : [{ event, name, method: prototype[name] }];
    });
  }

  private call(listener: () => unknown): void {
    try {
      const result = listener();
      if (result instanceof Promise) result.catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.logger.error({ msg: 'a listener failed', err: error });
  }
}
