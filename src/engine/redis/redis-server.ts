// One server that writes, as those who send commands see it.
import { createHash } from 'node:crypto';
import { isUnknownScript } from './redis-error.js';
import type { EntryOptions } from './redis-access.js';
import { RedisLine, type LineListener } from './redis-line.js';

/** What a command answers with, before anybody has looked at it. */
export type Reply = string | number | null | Reply[];

/** A command's name and what follows it, or what follows a script's keys. */
export type Command = readonly (string | number)[];

/** How many others have to have a write before it counts. */
export interface Replication {
  /** Replicas; 0 for none. */
  readonly replicas: number;
  /** How long they may take, ms. */
  readonly timeoutMs: number;
  /** Not only in their memory, and in that of the server itself, but on their disks (WAITAOF, Redis 7.2). */
  readonly onDisk: boolean;
}

/** How a command is sent. */
export interface Sending {
  /** To a server that is just being given the slot, and has to be told that we know. */
  readonly asking: boolean;
  /** Resolves when the replicas have what it writes. */
  readonly safely: boolean;
}

const digests = new Map<string, string>();

function digestOf(script: string): string {
  let digest = digests.get(script);
  if (digest === undefined) digests.set(script, (digest = createHash('sha1').update(script).digest('hex')));
  return digest;
}

/** Sends commands over one line, in the order in which they are given. */
export class RedisServer {
  private readonly line: RedisLine;
  /** Settled when what is written in this turn has been replicated. */
  private replicating: Promise<void> | undefined;

  /** @param scripts given to the server before anything else is asked of it: none of them has to be sent twice, and nothing overtakes it */
  constructor(
    address: string,
    entry: (address: string) => EntryOptions,
    private readonly scripts: readonly string[],
    private readonly replication: Replication,
    listener: Pick<LineListener, 'failed'> & { resumed(): void },
  ) {
    this.line = new RedisLine(address, entry, {
      failed: (error) => listener.failed(error),
      resumed: () => {
        this.prepare().catch((error: Error) => listener.failed(error));
        listener.resumed();
      },
    });
  }

  /** @throws Error naming the server when it cannot be reached */
  async open(): Promise<void> {
    await this.line.open();
    await this.prepare();
  }

  /** Connects as soon as that is possible. */
  begin(): void {
    this.line.begin();
  }

  /** Waits for what was asked, then closes. */
  close(): Promise<void> {
    return this.line.close();
  }

  /** Closes at once. */
  destroy(): void {
    this.line.destroy();
  }

  /** Sends one command. */
  async send<T>(command: Command, { asking, safely }: Sending): Promise<T> {
    if (asking) this.sendAlone(['ASKING']).catch(() => undefined);
    const running = this.sendAlone<T>(command);
    const { replicas, onDisk } = this.replication;
    if (!safely || (replicas === 0 && !onDisk)) return running;
    // Sent in the same turn, it goes over the same connection: another one would know nothing of these writes, and say that all have them.
    const replicated = this.replicated();
    replicated.catch(() => undefined);
    const reply = await running;
    await replicated;
    return reply;
  }

  /** Runs a script by its digest, or by its text when the server does not know it. */
  run<T>(script: string, keys: readonly string[], args: Command, sending: Sending): Promise<T> {
    const rest = [keys.length, ...keys, ...args];
    return this.send<T>(['EVALSHA', digestOf(script), ...rest], sending).catch((error: unknown) => {
      if (!isUnknownScript(error)) throw error;
      return this.send(['EVAL', script, ...rest], sending);
    });
  }

  private async prepare(): Promise<void> {
    await Promise.all(this.scripts.map((script) => this.sendAlone(['SCRIPT', 'LOAD', script])));
  }

  private sendAlone<T>(command: Command): Promise<T> {
    return this.line.client.sendCommand<T>(command.map(String));
  }

  /** Waits until the replicas have everything that was sent in this turn. */
  private replicated(): Promise<void> {
    this.replicating ??= Promise.resolve().then(() => {
      this.replicating = undefined;
      return this.awaitReplicas();
    });
    return this.replicating;
  }

  private async awaitReplicas(): Promise<void> {
    const { replicas, timeoutMs, onDisk } = this.replication;
    const found = onDisk ? await this.sendAlone<[number, number]>(['WAITAOF', 1, replicas, timeoutMs]) : [1, await this.sendAlone<number>(['WAIT', replicas, timeoutMs])];
    if (found[0] >= 1 && found[1] >= replicas) return;
    throw new Error(`Of ${replicas} replicas ${found[1]} have the write${onDisk && found[0] < 1 ? ', and it is not on disk' : ''}`);
  }
}
