// What the tests of authorisation have in common: clients that connect with a scope, and what they were given.
import { onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { type Frame, isOrdered, type OrderedFrame } from '../../support/frame.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import type { ServerProcess } from '../../support/server-process.js';
import { type Claims, signToken } from '../../support/tokens.js';

/** How a client of these tests connects. */
export interface MemberOptions extends Omit<RecordingClientOptions, 'token'> {
  scope?: string;
  tenant?: string;
}

/** A client, not connected yet. */
export function member(server: ServerProcess, clientId: string, { scope, tenant, ...options }: MemberOptions = {}): RecordingClient {
  const claims: Claims = { sub: clientId, ...(scope !== undefined && { scope }), ...(tenant !== undefined && { tenant }) };
  const client = new RecordingClient(server, clientId, { ...options, token: signToken(claims) });
  onTestFinished(() => client.cut());
  return client;
}

/** A client that is connected, its queue open. */
export async function connected(server: ServerProcess, clientId: string, options: MemberOptions = {}): Promise<RecordingClient> {
  const client = await member(server, clientId, options).connect();
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
}

/** Resolves when everything that was queued for a client has come or was left out, and its queue is empty. */
export async function drained(server: ServerProcess, client: RecordingClient): Promise<void> {
  const { clientId, observer } = client;
  const device = observer.device === '' ? undefined : observer.device;
  await eventually(`the queue of ${clientId} to be empty`, async () => (await server.admin.queue(clientId, device)).body.size === 0);
  await caughtUp(client);
}

/** Resolves when everything that was written to a client before has come; what is still read from the store may come later. */
export async function caughtUp(client: RecordingClient): Promise<void> {
  client.send({ type: 'ping' });
  await client.next('pong', ({ type }) => type === 'pong');
}

/** The notifications that a client was given in its newest connection. */
export function given(client: RecordingClient): Frame[] {
  return client.framesOfConnection.filter(({ id }) => id !== undefined);
}

/** Those of one room, or of the client's own log. */
export function givenOf(client: RecordingClient, log: string): OrderedFrame[] {
  return given(client).filter(isOrdered).filter(({ id }) => id.startsWith(`${log}:`));
}

/** Everything that a room's log holds, as an administrator reads it. */
export async function historyOf(server: ServerProcess, roomId: string): Promise<OrderedFrame[]> {
  const { body } = await server.admin.request<{ items: OrderedFrame[] }>('GET', `/rooms/${roomId}/messages?limit=200`);
  return body.items;
}
