// Typed events.
import { ChatClientError } from './client-error.js';
import type { ChatClientEvents, Listener } from './client-events.js';

type EventName = keyof ChatClientEvents;

/** Listeners by event. One that throws disturbs nobody else. */
export class Emitter {
  private readonly listeners = new Map<EventName, Set<Listener<never>>>();

  /** Adds a listener; the result removes it. */
  on<Name extends EventName>(name: Name, listener: Listener<ChatClientEvents[Name]>): () => void {
    const of = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, of.add(listener));
    return () => of.delete(listener);
  }

  /** Calls all listeners, and tells of those that fail. */
  emit<Name extends EventName>(name: Name, event: ChatClientEvents[Name]): void {
    for (const result of this.call(name, event)) {
      (result as Partial<Promise<unknown>> | undefined)?.then?.(undefined, (error: unknown) => this.failed(error));
    }
  }

  /** Calls all listeners; rejects when one of them fails, after telling of it. */
  async handled<Name extends EventName>(name: Name, event: ChatClientEvents[Name]): Promise<void> {
    try {
      await Promise.all(this.call(name, event) as Promise<unknown>[]);
    } catch (error) {
      this.failed(error, event);
      throw error;
    }
  }

  private call<Name extends EventName>(name: Name, event: ChatClientEvents[Name]): unknown[] {
    const listeners = (this.listeners.get(name) ?? []) as Iterable<Listener<ChatClientEvents[Name]>>;
    return [...listeners].map((listener) => {
      try {
        return listener(event);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Without a listener for errors, or with one that fails itself, a failure is uncaught, as anywhere else. */
  private failed(cause: unknown, notification?: unknown): void {
    const error = new ChatClientError('HANDLER_FAILED', `A listener failed: ${String(cause)}`, { notification }, { cause });
    const listeners = this.listeners.get('error');
    try {
      if (!listeners?.size) throw error;
      for (const listener of listeners as Set<Listener<ChatClientError>>) listener(error);
    } catch (uncaught) {
      setTimeout(() => {
        throw uncaught;
      });
    }
  }
}
