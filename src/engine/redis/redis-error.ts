// What goes wrong with Redis, and what it means for whoever asked.
import { ErrorReply } from 'redis';
import { ChatError } from '../../protocol/index.js';

/** Answers of a server that cannot do now what it could do before, and will again: it is another one's turn to write, it starts, too few replicas are there, memory or disk are full. */
const PASSING = ['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'MOVED', 'ASK', 'NOREPLICAS', 'BUSY', 'OOM', 'MISCONF'];
/** Those of them that say that another server has the keys. */
const MISPLACED = ['READONLY', 'CLUSTERDOWN', 'MASTERDOWN'];

function codeOf(error: unknown): string {
  return error instanceof ErrorReply ? error.message.split(' ', 1)[0] : '';
}

/** Whether a server may soon answer otherwise. */
export function isPassing(error: unknown): boolean {
  return PASSING.includes(codeOf(error));
}

/** An answer of Redis is a fault of ours, unless it passes; anything else is one of the line. */
export function toChatError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause;
  const error = new ChatError(cause instanceof ErrorReply && !isPassing(cause) ? 'SERVER_ERROR' : 'STORE_UNAVAILABLE');
  error.cause = cause;
  return error;
}

/** Whether the server does not know a script. */
export function isUnknownScript(error: unknown): boolean {
  return codeOf(error) === 'NOSCRIPT';
}

/** Whether another server may have become the one that writes. */
export function isMisplaced(error: unknown): boolean {
  return MISPLACED.includes(codeOf(error));
}

/** Where a command has to be sent instead (Redis Cluster specification, "Redirection and resharding"). */
export type Redirection = { readonly kind: 'moved' | 'ask'; readonly address: string } | { readonly kind: 'later' };

/** What a node of a cluster says about a slot that it does not have, or not wholly; undefined when it is something else. */
export function toRedirection(error: unknown): Redirection | undefined {
  const code = codeOf(error);
  if (code === 'TRYAGAIN') return { kind: 'later' };
  if (code !== 'MOVED' && code !== 'ASK') return undefined;
  const address = (error as Error).message.split(' ')[2];
  return { kind: code === 'MOVED' ? 'moved' : 'ask', address };
}
