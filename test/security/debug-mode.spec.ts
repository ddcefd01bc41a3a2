// Who may debug, for how long, and that nobody learns anything of others by it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMessage, isStatus } from '../support/frame.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const scoped = new ServerProcess({ NODE_ENV: 'production' });
const off = new ServerProcess({ DEBUG_MODE: 'off' });
const open = new ServerProcess({ NODE_ENV: 'development' });

beforeAll(() => Promise.all([scoped, off, open].map((server) => server.start())));
afterAll(() => Promise.all([scoped, off, open].map((server) => server.destroy())));

/** What a client that asks for debug mode is told: of its right, and with its notifications. */
async function told(server: ServerProcess, scope: string, plain = false): Promise<unknown> {
  const name = `asks-${scope.replaceAll(/\W/g, '-')}-${plain}`;
  await server.admin.createRoom({ id: name, members: [name] });
  const client = await new RecordingClient(server, name, { token: signToken({ sub: name, scope }), debug: true, plain }).connect();
  await server.admin.publish(name, { content: 'hello' });
  await client.next('the message', isMessage('hello'));
  const connected = client.frames.find(({ type }) => type === 'connected')?.data.debug;
  const errors = client.frames.filter(({ type }) => type === 'error').map(({ data }) => [data.code, data.message]);
  const debugged = client.frames.filter(({ debug }) => debug !== undefined).map(({ type }) => type);
  expect(client.isOpen).toBe(true);
  await client.closeCleanly();
  return { connected, errors, debugged };
}

const NEEDS_SCOPE = ['FORBIDDEN', 'Debug mode needs a token with scope debug'];

describe('debug mode', () => {
  it.each(['debug', 'admin', 'receive:message debug'])('is for scope "%s" in production', async (scope) => {
    expect(await told(scoped, scope)).toEqual({ connected: true, errors: [], debugged: ['message'] });
  });

  it.each(['', 'publish', 'Debug', 'debug2', 'receive:message receive:debug'])('is not for scope "%s" in production: who asks is told, and served as ever', async (scope) => {
    expect(await told(scoped, scope)).toEqual({ connected: false, errors: [NEEDS_SCOPE], debugged: [] });
  });

  it('tells so in plain mode too', async () => {
    expect(await told(scoped, '', true)).toEqual({ connected: undefined, errors: [NEEDS_SCOPE], debugged: [] });
  });

  it('is for nobody where it is off, and for everybody outside production', async () => {
    expect(await told(off, 'admin debug')).toEqual({ connected: false, errors: [['FORBIDDEN', 'Debug mode is switched off']], debugged: [] });
    expect(await told(open, '')).toEqual({ connected: true, errors: [], debugged: ['message'] });
  });

  it('ends with the right to it when the token is replaced, and another token does not begin it', async () => {
    await scoped.admin.createRoom({ id: 'refreshed', members: ['rae'] });
    const token = (scope: string): string => signToken({ sub: 'rae', scope });
    const rae = await new RecordingClient(scoped, 'rae', { token: token('debug'), debug: true }).connect();
    const debugged = async (content: string): Promise<boolean> => {
      await scoped.admin.publish('refreshed', { content });
      return (await rae.next(content, isMessage(content))).debug !== undefined;
    };
    expect(await debugged('with the right')).toBe(true);
    expect(await rae.command('token_refresh', { token: token('debug') })).toMatchObject({ type: 'ack' });
    expect(await debugged('with another right')).toBe(true);
    expect(await rae.command('token_refresh', { token: token('') })).toMatchObject({ type: 'ack' });
    expect(await debugged('without')).toBe(false);
    expect(await rae.command('token_refresh', { token: token('debug') })).toMatchObject({ type: 'ack' });
    expect(await debugged('with it again')).toBe(false);
    await rae.closeCleanly();
  });

  it('holds nothing but the connection\'s own delivery: no token, no address, nothing of other clients or tenants', async () => {
    const elsewhere = signToken({ sub: 'admin', scope: 'admin', tenant: 'elsewhere' });
    await open.admin.createRoom({ id: 'shared', members: ['nosy', 'private'] });
    await open.api(elsewhere).createRoom({ id: 'shared', members: ['nosy'] });
    const token = signToken({ sub: 'nosy', jti: 'nosy-secret' });
    const other = await new RecordingClient(open, 'private', { device: 'private-phone' }).connect();
    const nosy = await new RecordingClient(open, 'nosy', { token, debug: true }).connect();
    await nosy.next('a status', isStatus('private', 'online'));
    await open.admin.notifyClient('private', 'secret.news', { n: 1 });
    await open.api(elsewhere).publish('shared', { content: 'of another tenant' });
    await open.admin.publish('shared', { content: 'for both' });
    await nosy.next('the message', isMessage('for both'));
    const own = String(nosy.frames[0].data.connection_id);
    const debugs = nosy.frames.flatMap(({ debug }) => (debug === undefined ? [] : [debug]));
    expect(debugs.map(({ connection_id }) => connection_id)).toEqual(debugs.map(() => own));
    expect(debugs.filter(({ seq }) => seq !== null)).toMatchObject([{ seq: 1, queue_size: 1, attempt: 1 }]);
    const text = JSON.stringify(debugs);
    const forbidden = [...token.split('.').slice(1), 'private', 'nosy', '127.0.0.1', 'elsewhere', String(other.frames[0].data.connection_id)];
    expect(forbidden.filter((word) => text.includes(word))).toEqual([]);
    await Promise.all([nosy.closeCleanly(), other.closeCleanly()]);
  });
});
