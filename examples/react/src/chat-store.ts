// What has come, for as long as the page lives: components come and go, and each notification comes once.
import { ChatClient, type ChatClientOptions, type ConnectionState, type MessageNotification } from '@chatapi/delivery/client';

/** A message as it was delivered. */
export type Message = MessageNotification['data'];

const NONE: readonly Message[] = [];

/** A client, and the newest messages of its rooms. */
export class ChatStore {
  readonly client: ChatClient;
  private readonly rooms = new Map<string, readonly Message[]>();
  private readonly listeners = new Set<() => void>();
  private droppedSoFar = 0;

  /** @param maxMessages kept of each room */
  constructor(options: ChatClientOptions, maxMessages = 500) {
    this.client = new ChatClient(options);
    this.client.on('message', ({ data }) => {
      this.rooms.set(data.room_id, [...this.messages(data.room_id).slice(1 - maxMessages), data]);
      this.changed();
    });
    this.client.on('overflow', ({ dropped }) => {
      this.droppedSoFar += dropped;
      this.changed();
    });
    this.client.on('state', () => this.changed());
  }

  /** Connects; what it returns ends that, and it may be called again. */
  readonly connect = (): (() => void) => {
    // How it ends is told by `state`.
    this.client.connect().catch(() => undefined);
    return () => this.client.close();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same array until another message comes. */
  messages(room: string): readonly Message[] {
    return this.rooms.get(room) ?? NONE;
  }

  get state(): ConnectionState {
    return this.client.state;
  }

  /** Notifications that fell out of the queue while the client was away. */
  get dropped(): number {
    return this.droppedSoFar;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
