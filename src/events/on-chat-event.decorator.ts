// Marks the methods that listen to what happens.
import { SetMetadata } from '@nestjs/common';
import type { ChatEventMap } from './chat-events.js';

/** What a method listens to. */
export const CHAT_EVENT_METADATA = 'chatapi:event';

/** A method that can listen to an event. */
type Listener<K extends keyof ChatEventMap> = (...args: ChatEventMap[K]) => void | Promise<void>;

/**
 * Calls a method of a provider or controller for each event of that name, with what {@link ChatEventMap} says. It is called in the path of what it is
 * told of, so it must be quick; what it throws, or rejects with, is logged and harms nobody.
 *
 * @publicApi
 */
export function OnChatEvent<K extends keyof ChatEventMap>(event: K): <T extends Listener<K>>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>) => void {
  return (target, key, descriptor) => {
    SetMetadata(CHAT_EVENT_METADATA, event)(target, key, descriptor);
  };
}
