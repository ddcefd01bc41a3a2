// The line to Redis for commands: they go out in the order in which they are given, and what goes wrong with it has one name.
import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import { ChatError } from '../../protocol/index.js';
import { RedisLine } from './redis-line.js';

/** What a command answers with, before anybody has looked at it. */
type Reply = string | number | null | Reply[];

const digests = new Map<string, string>();

function digestOf(script: string): string {
  let digest = digests.get(script);
  if (digest === undefined) digests.set(script, (digest = createHash('sha1').update(script).digest('hex')));
  return digest;
}

/** Runs commands and scripts. Rejects with `STORE_UNAVAILABLE` while there is no line. */
export class RedisConnection {
  private readonly line: RedisLine;

  constructor(url: string, onError: (error: Error) => void) {
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
  async command<T = Reply>(...args: (string | number)[]): Promise<T> {
    try {
      return await this.send<T>(args);
    } catch (error) {
      throw toChatError(error);
    }
  }

  /** Runs a script; the server is given its text when it does not know it yet. */
  async run<T = Reply>(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<T> {
    try {
      return await this.send<T>(['EVALSHA', digestOf(script), keys.length, ...keys, ...args]);
    } catch (error) {
      if (!(error instanceof ErrorReply) || !error.message.startsWith('NOSCRIPT')) throw toChatError(error);
      return this.command<T>('EVAL', script, keys.length, ...keys, ...args);
    }
  }

  /** Gives the server scripts beforehand, so that none of them has to be sent twice. */
  async prepare(scripts: readonly string[]): Promise<void> {
    for (const script of scripts) await this.command('SCRIPT', 'LOAD', script);
  }

  private send<T>(args: readonly (string | number)[]): Promise<T> {
    return this.line.client.sendCommand<T>(args.map(String));
  }
}

/** An answer of Redis is a fault of ours, anything else one of the line. */
export function toChatError(cause: unknown): ChatError {
  const code = cause instanceof ErrorReply ? 'SERVER_ERROR' : 'STORE_UNAVAILABLE';
  const error = new ChatError(code);
  error.cause = cause;
  return error;
}
