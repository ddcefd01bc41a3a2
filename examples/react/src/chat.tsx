// The provider and the hooks.
import type { ChatClientOptions, ConnectionState, SentMessage } from '@chatapi/delivery/client';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { ChatStore, type Message } from './chat-store.js';

const Chat = createContext<ChatStore | undefined>(undefined);

/** One connection for everything inside. The options of the first rendering count. */
export function ChatProvider({ options, children }: { options: ChatClientOptions; children: ReactNode }): ReactNode {
  const [store] = useState(() => new ChatStore(options));
  useEffect(store.connect, [store]);
  return <Chat value={store}>{children}</Chat>;
}

function useChatStore(): ChatStore {
  const store = useContext(Chat);
  if (store === undefined) throw new Error('This needs a <ChatProvider> around it');
  return store;
}

/** The newest messages of a room, whichever component was there when they came, and what sends another. */
export function useMessages(room: string): [messages: readonly Message[], send: (content: string) => Promise<SentMessage>] {
  const store = useChatStore();
  const messages = useSyncExternalStore(store.subscribe, () => store.messages(room));
  const send = useCallback((content: string) => store.client.send(room, content), [store, room]);
  return [messages, send];
}

/** Where the connection is: `open`, `waiting` for the next attempt, … */
export function useConnectionState(): ConnectionState {
  const store = useChatStore();
  return useSyncExternalStore(store.subscribe, () => store.state);
}

/** How many notifications were lost because this client was away for too long. */
export function useDropped(): number {
  const store = useChatStore();
  return useSyncExternalStore(store.subscribe, () => store.dropped);
}
