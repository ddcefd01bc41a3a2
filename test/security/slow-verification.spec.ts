// Attacks while a token is verified, which takes as long as a key set does to arrive: whatever changes meanwhile counts, and nothing is left.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.js';
import { clientFrame, Opcode } from '../support/client-frame.js';
import { eventually } from '../support/eventually.js';
import { KeyServer } from '../support/key-server.js';
import { ProbedServer } from '../support/probed-server.js';
import { RawClient, upgradeRequest } from '../support/raw-client.js';
import { RecordingClient } from '../support/recording-client.js';
import { SigningKey } from '../support/signing-key.js';

const MIB = 1024 * 1024;

/** A key that the server knows before the attack, and one that it has to ask for. */
const known = SigningKey.create('ES256', 'known');
const newcomer = SigningKey.create('ES256', 'newcomer');

/** Lines of the log that tell of an error. */
const errors: string[] = [];
/** Requests for the key set that nobody has answered yet. */
let waiting: ServerResponse[] = [];
let keyServer: KeyServer;
let server: ProbedServer;

beforeAll(async () => {
  keyServer = await KeyServer.start(known);
});
afterAll(() => keyServer.stop());
afterEach(() => server.destroy());

/** A server that knows one key, and waits for all others: it asks once a minute, so each attack has a server of its own. */
async function startServer(): Promise<void> {
  waiting = [];
  keyServer.serve(known);
  server = new ProbedServer(
    { JWT_SECRET: '', JWT_JWKS_URI: keyServer.url, JWT_CLOCK_TOLERANCE_SECONDS: '0', MAX_CONNECTIONS: '40', MAX_CONNECTIONS_PER_CLIENT: '2' },
    { onLine: (line) => void (/"level":(50|60)/.test(line) && errors.push(line)) },
  );
  await server.start();
  await eventually('the known key', async () => (await admin().request('GET', '/rooms')).status === 200);
  keyServer.respond((_request, response) => void waiting.push(response));
}

function admin(): Api {
  return new Api(server.origin, known.sign({ sub: 'admin', scope: 'admin' }));
}

const signed = (sub: string, claims: Record<string, unknown> = {}): string => newcomer.sign({ sub, ...claims });

/** Resolves when the server asks for the key set: from then on tokens wait for the answer. */
async function asked(): Promise<void> {
  await eventually('the key set to be asked for', () => waiting.length > 0);
}

/** The key set comes at last. */
function release(): void {
  const body = JSON.stringify({ keys: [known.jwk, newcomer.jwk] });
  for (const response of waiting.splice(0)) response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  keyServer.serve(known, newcomer);
}

/** An upgrade that waits to be verified. */
function knock(sub: string, claims: Record<string, unknown> = {}): RawClient {
  return new RawClient({ port: server.port, token: signed(sub, claims) });
}

/** A socket on which something is written, and nothing is read. */
async function writing(text: string | Buffer): Promise<Socket> {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(text, resolve));
  return socket;
}

async function connectedClients(): Promise<string[]> {
  const { body } = await admin().request<{ items: { client_id: string }[] }>('GET', '/connections?limit=200');
  return body.items.map(({ client_id: id }) => id).sort();
}

async function healthy(): Promise<void> {
  expect((await fetch(`${server.origin}/ws/health`)).status).toBe(200);
}

describe('an upgrade whose token is being verified', () => {
  const early = (ref: number): Buffer => clientFrame(Opcode.Text, JSON.stringify({ type: 'presence', ref: String(ref), data: { status: 'away' } }));
  const head = (sub: string): Buffer => Buffer.from(upgradeRequest({ token: signed(sub) }));

  it('may be broken off, takes neither a place nor memory, and is judged by what holds in the end', async () => {
    await startServer();
    const eager = new RawClient({ port: server.port, request: Buffer.concat([head('eager'), early(1), early(2)]) });
    await asked();
    eager.sendBytes(early(3));
    const banned = knock('banned');
    const revoked = knock('revoked', { jti: 'stolen' });
    const many = Array.from({ length: 5 }, () => knock('many'));

    const leaving: Promise<unknown>[] = [];
    for (const bytes of [head('leaving'), Buffer.concat([head('leaving'), early(1)]), Buffer.concat([head('leaving'), Buffer.from([0xff, 0xff])])]) {
      const [reset, ended, halfClosed] = await Promise.all([writing(bytes), writing(bytes), writing(bytes)]);
      reset.resetAndDestroy();
      ended.destroy();
      halfClosed.end();
      halfClosed.resume();
      leaving.push(once(halfClosed, 'close'));
    }
    const before = await server.memory();
    const flooding = await writing(head('flooding'));
    flooding.write(Buffer.alloc(64 * MIB));

    const waitingHere = Array.from({ length: 60 }, (_, index) => knock(`crowd-${index}`));
    await eventually('the crowd to have knocked', () => waitingHere.every(({ socket }) => socket.bytesWritten > 0 && socket.writableLength === 0));
    expect((await admin().request('PUT', '/bans/banned', { seconds: 60 })).status).toBe(200);
    expect((await admin().request('POST', '/tokens/revoke', { jti: 'stolen' })).status).toBe(204);
    await healthy();
    expect(flooding.writableLength).toBeGreaterThan(0);
    const after = await server.memory();
    expect(after.external + after.heapUsed - before.external - before.heapUsed).toBeLessThan(3 * MIB);
    expect(new Set(waitingHere.map(({ status }) => status))).toEqual(new Set([0]));
    for (const { socket } of waitingHere) socket.resetAndDestroy();
    flooding.destroy();
    expect([eager, banned, revoked, ...many].map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 0));

    release();
    await eager.until('three answers', () => eager.frames.filter(({ type }) => type === 'ack').length === 3);
    expect(eager.frames.filter(({ ref }) => ref !== undefined).map(({ ref }) => ref)).toEqual(['1', '2', '3']);
    expect((await banned.ended()).outcome).toBe('closed with 4403');
    expect((await revoked.ended()).outcome).toBe('closed with 4401');
    await Promise.all(many.map((client) => client.opened()));
    expect(many.filter(({ frames }) => frames[0].type === 'connected')).toHaveLength(2);
    await Promise.all(leaving);
    await eventually('those that left to be gone', async () => (await connectedClients()).join() === 'eager,many,many');

    const next = await Promise.all(Array.from({ length: 37 }, (_, index) => knock(`next-${index}`).opened()));
    expect(next.filter(({ frames }) => frames[0]?.type === 'connected')).toHaveLength(37);
    for (const client of [eager, ...many, ...next]) await client.cut();
    await eventually('no connection to be left', async () => (await connectedClients()).length === 0);
    await healthy();
    expect(errors).toEqual([]);
  });

  it('does not keep the process from ending', async () => {
    keyServer.respond((_request, response) => void waiting.push(response));
    server = new ProbedServer({ JWT_SECRET: '', JWT_JWKS_URI: keyServer.url });
    await server.start();
    const late = knock('late');
    await healthy();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    await late.ended();
    expect(late.outcome).toMatch(/^(cut|refused with 503)$/);
  });
});

describe('a token_refresh whose token is being verified', () => {
  /** Connected with the known key, and refreshing with the one that has to be asked for. */
  async function refreshing(sub: string, claims: Record<string, unknown> = {}): Promise<RecordingClient> {
    const client = await new RecordingClient(server, sub, { token: known.sign({ sub, ...claims }) }).connect();
    client.send({ type: 'token_refresh', ref: 'refresh', data: { token: signed(sub, { exp: Number.MAX_SAFE_INTEGER }) } });
    return client;
  }

  it('keeps the commands behind it waiting, and saves no connection that ends meanwhile, of which nothing is left', async () => {
    await startServer();
    const patient = await refreshing('patient');
    await asked();
    patient.send({ type: 'presence', ref: 'behind', data: { status: 'away' } });
    const [expiring, cut, closed, banned, ended, revoked] = await Promise.all([
      refreshing('expiring', { exp: Math.ceil(Date.now() / 1000) + 1 }),
      ...['cut', 'closed', 'banned', 'ended', 'revoked'].map((sub) => refreshing(sub, { jti: sub })),
    ]);
    await cut.cut();
    await closed.closeCleanly();
    await admin().request('PUT', '/bans/banned', { seconds: 60 });
    await admin().request('DELETE', '/clients/ended/connections');
    await admin().request('POST', '/tokens/revoke', { jti: 'revoked' });
    const endings = await Promise.all([expiring, banned, ended, revoked].map((client) => client.ending()));
    expect(endings.map(({ code }) => code)).toEqual([4401, 4403, 4001, 4401]);
    expect(patient.frames.filter(({ ref }) => ref !== undefined)).toEqual([]);
    release();

    await patient.until('both answers', () => patient.frames.filter(({ ref }) => ref !== undefined).length === 2);
    expect(patient.frames.filter(({ ref }) => ref !== undefined).map(({ type, ref }) => [type, ref])).toEqual([
      ['ack', 'refresh'],
      ['ack', 'behind'],
    ]);
    expect([expiring, cut, closed, banned, ended, revoked].flatMap(({ frames }) => frames.filter(({ type }) => type === 'ack'))).toEqual([]);
    expect(await connectedClients()).toEqual(['patient']);
    // Nest keeps the connections that came and went last.
    await eventually('the others to be forgotten', async () => (await server.inventory()).instances.WebSocketConnection <= 3, 30_000, 1_000);
    expect(errors).toEqual([]);
  });
});
