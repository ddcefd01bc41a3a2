// The log: a line for each event of a connection, and, whatever ends the process but SIGKILL, the last ones too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const DESTINATION = fileURLToPath(new URL('../../dist/log-destination.js', import.meta.url));

describe('log lines', () => {
  it.each([
    ['exits', 'process.exit(3)', 3],
    ['throws', "process.on('exit', () => undefined); throw new Error('planned')", 1],
    ['comes to its end', '', 0],
  ])('are all written, in order, when the process %s', async (_, ending, expectedCode) => {
    const script = `
      import pino from 'pino';
      import { createLogDestination } from ${JSON.stringify(DESTINATION)};
      const logger = pino({}, createLogDestination());
      for (let i = 0; i < 300; i++) logger.info({ number: i });
      ${ending}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number];
    const numbers = output.trimEnd().split('\n').map((line) => (JSON.parse(line) as { number: number }).number);
    expect({ code, numbers }).toEqual({ code: expectedCode, numbers: Array.from({ length: 300 }, (_each, i) => i) });
  });
});

describe('the lines about connections', () => {
  const lines: Record<string, unknown>[] = [];
  const server = new ServerProcess({ RATE_LIMIT_MAX: '2', BAN_THRESHOLD: '1' }, { onLine: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  beforeAll(() => server.start());
  afterAll(() => server.destroy());

  const connect = async (sub: string): Promise<{ client: RecordingClient; id: string }> => {
    const client = await new RecordingClient(server, sub).connect();
    const { data } = await client.next('its greeting', ({ type }) => type === 'connected');
    return { client, id: String(data.connection_id) };
  };

  /** The lines about one client, without what pino adds to each. */
  const about = (client: string): Record<string, unknown>[] =>
    lines.filter(({ client_id }) => client_id === client).map(({ level: _level, time: _time, pid: _pid, hostname: _hostname, context: _context, ...line }) => line);

  /** Resolves with them when the last one that is expected is there. */
  const complete = async (client: string, last: string): Promise<Record<string, unknown>[]> => {
    await expect.poll(() => about(client).some(({ msg }) => msg === last)).toBe(true);
    return about(client);
  };

  const seconds = expect.any(Number) as number;
  const begun = (client_id: string, connection_id: string) => ({ msg: 'connected', connection_id, client_id, tenant: 'default', device: '', address: '127.0.0.1', transport: 'websocket' });
  const ended = (client_id: string, connection_id: string, code: number, reason: string) =>
    ({ msg: 'disconnected', connection_id, client_id, tenant: 'default', code, reason, duration_seconds: seconds });

  it('say that it begins, is given another token and ends, by whom, and how long it lasted', async () => {
    const { client, id } = await connect('ann');
    await client.command('token_refresh', { token: signToken({ sub: 'ann' }) });
    await client.closeCleanly();
    const refreshed = { msg: 'token refreshed', connection_id: id, client_id: 'ann', tenant: 'default', expires_at: expect.stringMatching(/Z$/) as string };
    expect(await complete('ann', 'disconnected')).toEqual([begun('ann', id), refreshed, ended('ann', id, 1000, 'closed by the client')]);
    const broken = await connect('bea');
    await broken.client.cut();
    expect(await complete('bea', 'disconnected')).toEqual([begun('bea', broken.id), ended('bea', broken.id, 1006, 'broken')]);
  });

  it('say that a client is kicked, and by whom', async () => {
    const { client, id } = await connect('kim');
    await server.admin.request('DELETE', `/connections/${id}`);
    await client.ending();
    const lineOfKick = { msg: 'kicked', connection_id: id, client_id: 'kim', tenant: 'default', by: 'admin', reason: 'administrator' };
    await complete('kim', 'disconnected');
    await expect.poll(() => about('kim').length).toBe(3);
    expect(about('kim')).toEqual(expect.arrayContaining([begun('kim', id), lineOfKick, ended('kim', id, 4001, 'closed by an administrator')]));
  });

  it('say that a client is banned and turned away, for how long, and that the ban is lifted', async () => {
    const { client, id } = await connect('ben');
    for (let i = 0; i < 4; i++) client.send({ type: 'message', data: { room_id: 'nowhere', content: 'x' } });
    expect((await client.ending()).code).toBe(4403);
    await new RecordingClient(server, 'ben').connect().then((again) => again.ending());
    await server.admin.request('DELETE', '/bans/ben');
    const until = expect.stringMatching(/Z$/) as string;
    await complete('ben', 'ban lifted');
    expect(about('ben')).toEqual(
      expect.arrayContaining([
        { msg: 'banned', client_id: 'ben', tenant: 'default', reason: 'rate limit', until },
        ended('ben', id, 4403, 'This client is banned'),
        { msg: 'connection refused', reason: 'banned', address: '127.0.0.1', tenant: 'default', client_id: 'ben' },
        { msg: 'ban lifted', client_id: 'ben', tenant: 'default', by: 'admin' },
      ]),
    );
    expect(about('ben')).toHaveLength(5);
  });
});
