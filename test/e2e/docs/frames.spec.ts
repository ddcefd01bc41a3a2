// Frames of live connections, held against the AsyncAPI document: every type of frame that it has comes, and nothing that it does not have.
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closed } from '../../support/closed-schema.js';
import type { Frame } from '../../support/frame.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

/** What is used of the document. */
interface AsyncApiDocument {
  channels: { ws: { 'x-error-codes': Record<string, string>; 'x-close-codes': Record<string, unknown> } };
  components: { messages: Record<string, { title: string; payload: object; examples: { payload: { type: string; data?: Record<string, unknown> } }[] }>; schemas: object };
}

const server = new ServerProcess({ QUEUE_MAX_PER_CLIENT: '5', TOKEN_EXPIRING_SECONDS: '3600', RATE_LIMIT_MAX: '20', DEBUG_MODE: 'allowed' });
const clients: RecordingClient[] = [];
/** Types of frames that came, as the document calls them. */
const seen = new Set<string>();
const codes = new Set<string>();
const closeCodes = new Set<number>();
let document: AsyncApiDocument;
let ajv: Ajv;

beforeAll(async () => {
  await server.start();
  document = (await (await fetch(`${server.origin}/docs/asyncapi.json`)).json()) as AsyncApiDocument;
  ajv = new Ajv({ strict: false, allErrors: true });
  // @ts-expect-error -- its types are those of a CommonJS module
  addFormats(ajv);
  ajv.addSchema(closed(document), 'asyncapi');
});
afterAll(async () => {
  for (const client of clients) if (client.isOpen) await client.cut();
  await server.destroy();
});

async function connect(clientId: string, options: RecordingClientOptions = {}): Promise<RecordingClient> {
  const client = await new RecordingClient(server, clientId, options).connect();
  clients.push(client);
  return client;
}

/** What is wrong with a frame by the document; also notes that its type came. */
function faultsOf(frame: Frame): string[] {
  const candidates = [`notification.${frame.type}`, `control.${frame.type}`].filter((name) => name in document.components.messages);
  const [name = 'notification.custom'] = candidates;
  seen.add(name);
  if (frame.type === 'error') codes.add(String(frame.data.code));
  return faults(name, frame);
}

function faults(message: string, payload: unknown): string[] {
  const validate = ajv.compile({ $ref: `asyncapi#/components/messages/${message}/payload` });
  if (validate(payload) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message: fault, params }) => `${message}${instancePath} ${fault} ${JSON.stringify(params)} in ${JSON.stringify(payload)}`);
}

/** The commands that the document gives as examples. */
function examples(message: string): { type: string; data?: Record<string, unknown> }[] {
  return document.components.messages[message].examples.map(({ payload }) => payload);
}

it('every documented example is as its schema says', () => {
  const found = Object.entries(document.components.messages).flatMap(([name, message]) => message.examples.flatMap(({ payload }) => faults(name, payload)));
  expect(found).toEqual([]);
});

describe('live connections', () => {
  it('are answered to the documented commands', async () => {
    await server.admin.createRoom({ id: 'lobby', members: ['alice', 'bob'] });
    const alice = await connect('alice');
    await connect('bob', { plain: true });
    for (const name of ['command.message', 'command.ack', 'command.presence']) {
      for (const { type, data } of examples(name)) expect(await alice.command(type, data)).toMatchObject({ type: 'ack' });
    }
    expect(await alice.command('token_refresh', { token: signToken({ sub: 'alice' }) })).toMatchObject({ type: 'ack' });
    alice.send(examples('command.ping')[0]);
    await alice.next('pong', ({ type }) => type === 'pong');
  });

  it('are sent every change of a room, and notifications of other types', async () => {
    await server.admin.addMember('lobby', 'carol');
    await server.admin.removeMember('lobby', 'carol');
    await server.admin.updateRoom('lobby', { name: 'Lobby', metadata: { floor: 1 } });
    await server.admin.notifyRoom('lobby', 'invoice.paid', { n: 1 });
    await server.admin.notifyClient('alice', 'invoice.paid', { n: 2 });
    await server.admin.createRoom({ id: 'brief', members: ['alice'] });
    await server.admin.deleteRoom('brief');
    const debugged = await connect('alice', { debug: true, device: 'debugged' });
    await server.admin.publish('lobby', { content: 'with metadata', client_id: 'ci', metadata: { any: { thing: 1 } } });
    await debugged.until('a notification with debug data', () => debugged.frames.some((frame) => frame.type === 'message' && 'debug' in frame));
    await clients[0].until('the deletion', () => clients[0].frames.some(({ data }) => data.event === 'room_deleted'));
  });

  it('are told what is wrong', async () => {
    const alice = clients[0];
    for (const text of ['no json', '{"type":"unheard_of"}', '{"type":"message","data":{}}', '{"type":"message","data":{"room_id":"none","content":"x"}}']) alice.send(text);
    await alice.command('token_refresh', { token: signToken({ sub: 'mallory' }) });
    await alice.until('four errors', () => alice.frames.filter(({ type }) => type === 'error').length >= 5);
    for (let sent = 0; sent < 25; sent++) alice.send({ type: 'message', data: { room_id: 'lobby', content: 'x' } });
    await alice.until('the limit', () => alice.frames.some(({ data }) => data.code === 'RATE_LIMIT_EXCEEDED'));
  });

  it('are told of what was dropped', async () => {
    const dora = await connect('dora', { device: 'd' });
    await server.admin.createRoom({ id: 'busy', members: ['dora'] });
    await dora.closeCleanly();
    for (let sent = 0; sent < 9; sent++) await server.admin.publish('busy', { content: `${sent}` });
    await dora.connect();
    await dora.next('the overflow', ({ data }) => data.code === 'QUEUE_OVERFLOW');
  });

  it('are told of others, and that their token is about to end', async () => {
    const alice = clients[0];
    for (const type of ['client_status', 'token_expiring']) await alice.until(type, () => alice.frames.some((frame) => frame.type === type));
  });

  it('are told why they end', async () => {
    const refused = await connect('nobody', { token: 'not-a-token' });
    closeCodes.add((await refused.ending()).code);
    const erin = await connect('erin');
    await erin.next('connected', ({ type }) => type === 'connected');
    await server.admin.request('DELETE', '/clients/erin/connections');
    closeCodes.add((await erin.ending()).code);
    const mallory = await connect('mallory');
    await mallory.next('connected', ({ type }) => type === 'connected');
    await server.admin.request('PUT', '/bans/mallory', { seconds: 60, reason: 'spam' });
    closeCodes.add((await mallory.ending()).code);
    expect([...closeCodes].sort()).toEqual([4001, 4401, 4403]);
  });
});

describe('all frames that came', () => {
  it('are as the document says', () => {
    const frames = clients.flatMap((client) => client.frames);
    expect(frames.flatMap(faultsOf)).toEqual([]);
    expect(frames.length).toBeGreaterThan(40);
  });

  it('are of every type that it has', () => {
    const documented = Object.keys(document.components.messages).filter((name) => !name.startsWith('command.'));
    expect([...seen].sort()).toEqual(documented.sort());
  });

  it('have codes that it has', () => {
    expect([...codes].filter((code) => !(code in document.channels.ws['x-error-codes']))).toEqual([]);
    expect([...codes].sort()).toEqual(['CLIENT_BANNED', 'CONNECTION_ERROR', 'FORBIDDEN', 'INVALID_FRAME', 'QUEUE_OVERFLOW', 'RATE_LIMIT_EXCEEDED', 'ROOM_NOT_FOUND', 'UNKNOWN_TYPE', 'VALIDATION_ERROR']);
    expect([...closeCodes].filter((code) => !(String(code) in document.channels.ws['x-close-codes']))).toEqual([]);
  });
});
