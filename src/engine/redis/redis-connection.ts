// The line to Redis for commands: they go out in the order in which they are given, and what goes wrong with it has one name.
import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import { ChatError } from '../../protocol/index.js';
import { RedisLine } from './redis-line.js';

/** What a command answers with, before anybody has looked at it. */
type Reply = string | number | null | Reply[];

/** A command's name and what follows it, or what follows a script's keys. */
type Command = readonly (string | number)[];

const digests = new Map<string, string>();

function digestOf(script: string): string {
  let digest = digests.get(script);
  if (digest === undefined) digests.set(script, (digest = createHash('sha1').update(script).digest('hex')));
  return digest;
}

/** How many others have to have a write before it counts. */
export interface Replication {
  /** Replicas; 0 for none. */
  readonly replicas: number;
  /** How long they may take, ms. */
  readonly timeoutMs: number;
  /** Not only in their memory, and in that of the server itself, but on their disks (WAITAOF, Redis 7.2). */
  readonly onDisk: boolean;
}

/** Runs commands and scripts. Rejects with `STORE_UNAVAILABLE` while there is no line. */
export class RedisConnection {
  private readonly line: RedisLine;
  /** Settled when what is written in this turn has been replicated. */
  private replicating: Promise<void> | undefined;

  constructor(
    url: string,
    onError: (error: Error) => void,
    private readonly replication: Replication = { replicas: 0, timeoutMs: 0, onDisk: false },
  ) {
    this.line = new RedisLine(url, { failed: onError });
  }

  /** @throws Error naming the server when it cannot be reached */
  open(): Promise<void> {
    return this.line.open();
  }

  /** Waits for what was asked, then closes. */
  close(): Promise<void> {
    return this.line.close();
  }

  /** Runs one command. */
  async command<T = Reply>(...args: Command): Promise<T> {
    try {
      return await this.send<T>(args);
    } catch (error) {
      throw toChatError(error);
    }
  }

  /** Runs a script; the server is given its text when it does not know it yet. */
  run<T = Reply>(script: string, keys: readonly string[], args: Command): Promise<T> {
    return evaluate(script, keys, args, (command) => this.send<T>(command));
  }

  /**
   * Runs a script whose writes are to survive the server: resolves when so many replicas as are asked for have them. Rejects with `STORE_UNAVAILABLE`
   * when too few have them in time: then nobody knows whether they last.
   */
  runSafely<T = Reply>(script: string, keys: readonly string[], args: Command): Promise<T> {
    const { replicas, onDisk } = this.replication;
    if (replicas === 0 && !onDisk) return this.run(script, keys, args);
    return evaluate(script, keys, args, (command) => this.sendSafely<T>(command));
  }

  private async sendSafely<T>(command: Command): Promise<T> {
    const running = this.send<T>(command);
    // Sent in the same turn, it goes over the same connection: another one would know nothing of these writes, and say that all have them.
    const replicated = this.replicated();
    replicated.catch(() => undefined);
    const reply = await running;
    await replicated;
    return reply;
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
    const found = onDisk ? await this.send<[number, number]>(['WAITAOF', 1, replicas, timeoutMs]) : [1, await this.send<number>(['WAIT', replicas, timeoutMs])];
    if (found[0] >= 1 && found[1] >= replicas) return;
    throw new Error(`Of ${replicas} replicas ${found[1]} have the write${onDisk && found[0] < 1 ? ', and it is not on disk' : ''}`);
  }

  /** Gives the server scripts beforehand, so that none of them has to be sent twice. */
  async prepare(scripts: readonly string[]): Promise<void> {
    await Promise.all(scripts.map((script) => this.command('SCRIPT', 'LOAD', script)));
  }

  private send<T>(args: Command): Promise<T> {
    return this.line.client.sendCommand<T>(args.map(String));
  }
}

/** Sends a script by its digest, and by its text to a server that does not know it. */
async function evaluate<T>(script: string, keys: readonly string[], args: Command, send: (command: Command) => Promise<T>): Promise<T> {
  const rest = [keys.length, ...keys, ...args];
  try {
    return await send(['EVALSHA', digestOf(script), ...rest]).catch((error: unknown) => {
      if (!(error instanceof ErrorReply) || !error.message.startsWith('NOSCRIPT')) throw error;
      return send(['EVAL', script, ...rest]);
    });
  } catch (error) {
    throw toChatError(error);
  }
}

/** An answer of Redis is a fault of ours, anything else one of the line. */
export function toChatError(cause: unknown): ChatError {
  const code = cause instanceof ErrorReply ? 'SERVER_ERROR' : 'STORE_UNAVAILABLE';
  const error = new ChatError(code);
  error.cause = cause;
  return error;
}
