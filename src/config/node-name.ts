// What this process is called where the processes of one service are told apart.
import { hostname } from 'node:os';
import type { Settings } from './settings.js';

/** NODE_NAME, or the machine's host name and the process's number. */
export function nodeNameOf({ nodeName }: Pick<Settings, 'nodeName'>): string {
  return nodeName ?? `${hostname()}:${process.pid}`;
}
