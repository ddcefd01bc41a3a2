// What the receiving half of a real WebSocket implementation makes of bytes that a server wrote.
import type { Writable } from 'node:stream';
import * as ws from 'ws';

/** The messages, and the payloads of the pings, that were in the bytes. */
export interface ReceivedFrames {
  readonly texts: string[];
  readonly pings: Buffer[];
}

/** Not in the library's type definitions. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/**
 * Lets a client's receiver read the bytes.
 *
 * @throws Error when they break RFC 6455
 */
export function receiveFrames(bytes: Buffer): ReceivedFrames {
  const received: ReceivedFrames = { texts: [], pings: [] };
  let fault: Error | undefined;
  const receiver = new Receiver({ isServer: false });
  receiver.on('message', (data: Buffer, isBinary: boolean) => received.texts.push(isBinary ? 'binary' : data.toString()));
  receiver.on('ping', (data: Buffer) => received.pings.push(data));
  receiver.on('error', (error: Error) => (fault = error));
  receiver.write(bytes);
  if (fault !== undefined) throw fault;
  return received;
}
