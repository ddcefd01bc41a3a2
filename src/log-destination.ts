// Where log lines go: to standard output, several at once.
import pino from 'pino';

/** A line waits for others until they are so many bytes, or this long. */
const GATHER_BYTES = 4_096;
const GATHER_MS = 50;

/**
 * Every write is a system call, and one in the background would wake a thread of the pool besides. Whatever ends the process but SIGKILL writes
 * the rest first: that is why nothing is written in the background.
 */
export function createLogDestination(): pino.DestinationStream {
  const destination = pino.destination({ sync: true, minLength: GATHER_BYTES, periodicFlush: GATHER_MS });
  process.on('exit', () => destination.flushSync());
  return destination;
}
