// The `chatapi` command against a server: serve, publish and tail.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, JWT_SECRET, signToken } from '../support/tokens.js';
import { chatapi, CliProcess, type Outcome } from './cli-process.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await new ServerProcess().start();
});
afterAll(() => server.destroy());

function publish(room: string, content: string, ...more: string[]): Promise<Outcome> {
  return chatapi(['publish', '--room', room, '--content', content, '--token', adminToken(), '--url', server.origin, ...more]);
}

function tailArguments(clientId: string, ...more: string[]): string[] {
  return ['tail', '--token', signToken({ sub: clientId }), '--url', `ws://127.0.0.1:${server.port}/ws`, ...more];
}

/** The contents of the messages that a tail printed. */
function contentsOf({ stdout }: { stdout: string }): string[] {
  const frames = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { type: string; data: { content: string } });
  return frames.filter(({ type }) => type === 'message').map(({ data }) => data.content);
}

describe('chatapi publish', () => {
  it('says where in the order of the room the message came', async () => {
    await server.admin.createRoom({ id: 'publish', members: ['alice'] });
    const { code, stdout } = await publish('publish', 'hello', '--id', 'first');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'first is number 1 of publish\n' });
  });

  it('prints the answer for programs, the first one for a repeated id', async () => {
    await server.admin.createRoom({ id: 'repeated', members: ['alice'] });
    const first = await publish('repeated', 'once', '--id', 'same', '--json');
    expect(JSON.parse(first.stdout)).toMatchObject({ id: 'same', room_id: 'repeated', client_id: 'admin', content: 'once', seq: 1 });
    expect((await publish('repeated', 'once', '--id', 'same', '--json')).stdout).toBe(first.stdout);
  });

  it('fails with the code of the refusal', async () => {
    const { code, stdout, stderr } = await publish('nowhere', 'hello');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('ROOM_NOT_FOUND (404)');
  });

  it('fails when no server answers', async () => {
    const port = await freePort();
    const args = ['publish', '--room', 'lobby', '--content', 'x', '--token', 't', '--url', `http://127.0.0.1:${port}`];
    const { code, stderr } = await chatapi(args);
    expect(code).toBe(1);
    expect(stderr).toContain(`no answer from http://127.0.0.1:${port} (ECONNREFUSED)`);
  });
});

describe('chatapi token', () => {
  it('signs what a server in development on the same data accepts, without a secret in the environment', async () => {
    const developed = await new ServerProcess({ JWT_SECRET: '' }).start();
    try {
      const { stdout } = await chatapi(['token', '--sub', 'ops', '--scope', 'admin'], { DATA_DIR: developed.dataDir });
      expect((await developed.api(stdout.trim()).createRoom({ id: 'lobby' })).status).toBe(201);
      expect((await developed.admin.createRoom({ id: 'other' })).status).toBe(401);
    } finally {
      await developed.destroy();
    }
  });
});

describe('chatapi tail', () => {
  it('prints what comes, a frame a line, until it is interrupted', async () => {
    await server.admin.createRoom({ id: 'live', members: ['eve'] });
    const tail = new CliProcess(tailArguments('eve', '--device', 'laptop'));
    expect(await tail.line({ type: 'connected' })).toMatchObject({ data: { client_id: 'eve', device: 'laptop' } });
    await publish('live', 'hello');
    expect(await tail.line({ type: 'message' })).toMatchObject({ id: 'live:1', seq: 1, data: { content: 'hello' } });
    expect(await tail.signal('SIGINT')).toEqual({ code: 0, signal: null });
  });

  it('prints debug data when it is asked for', async () => {
    await server.admin.createRoom({ id: 'debugged', members: ['fred'] });
    await publish('debugged', 'hello');
    const outcome = await chatapi(tailArguments('fred', '--debug', '--count', '1'));
    const [message] = outcome.stdout.split('\n').filter((line) => line.includes('"debugged:1"'));
    expect(JSON.parse(message)).toMatchObject({ type: 'message', debug: { seq: 1, replayed: true } });
  });

  it('with a count acknowledges what it printed, and leaves the rest in the queue', async () => {
    await server.admin.createRoom({ id: 'counted', members: ['bob'] });
    await server.admin.createRoom({ id: 'team:counted', members: ['bob'] });
    await server.admin.publishAll([
      { room_id: 'counted', content: 'one' },
      { room_id: 'counted', content: 'two' },
      { room_id: 'team:counted', content: 'three' },
    ]);
    const received: string[][] = [];
    for (let run = 0; run < 3; run++) {
      const outcome = await chatapi(tailArguments('bob', '--count', '1'));
      expect(outcome.code).toBe(0);
      received.push(contentsOf(outcome));
    }
    expect(received.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(received.flat().sort()).toEqual(['one', 'three', 'two']);
    expect((await server.admin.queue('bob')).body.size).toBe(0);
  });

  it('counts past what the server sends without an acknowledgement', async () => {
    const contents = Array.from({ length: 600 }, (_, index) => `message ${index}`);
    await server.admin.createRoom({ id: 'many', members: ['carol'] });
    await server.admin.publishAll(contents.map((content) => ({ room_id: 'many', content })));
    const outcome = await chatapi(tailArguments('carol', '--count', '600'));
    expect(outcome.code).toBe(0);
    expect(contentsOf(outcome)).toEqual(contents);
    expect((await server.admin.queue('carol')).body.size).toBe(0);
  });

  it('gives up when its token is refused', async () => {
    const token = signToken({ sub: 'alice' }, 'a secret that the server does not have at all');
    const { code, stdout, stderr } = await chatapi(['tail', '--token', token, '--url', `ws://127.0.0.1:${server.port}/ws`]);
    expect(code).toBe(1);
    expect(stdout).toContain('"CONNECTION_ERROR"');
    expect(stderr).toContain('refused by the server: 4401');
    expect(stderr).not.toContain(token);
  });

  it('gives up when its client is banned, and says so', async () => {
    await server.admin.request('PUT', '/bans/banished', { seconds: 60, reason: 'spam' });
    const { code, stdout, stderr } = await chatapi(tailArguments('banished'));
    expect(code).toBe(1);
    expect(stdout).toContain('"code":"CLIENT_BANNED"');
    expect(stderr).toContain('4403');
  });

  it('gives up where there is no such endpoint', async () => {
    const { code, stderr } = await chatapi(['tail', '--token', signToken({ sub: 'alice' }), '--url', `ws://127.0.0.1:${server.port}/elsewhere`]);
    expect(code).toBe(1);
    expect(stderr).toContain('refused by the server: HTTP 404');
  });

  it('comes back after a restart of the server, without a repetition', async () => {
    await server.admin.createRoom({ id: 'restarted', members: ['dave'] });
    const tail = new CliProcess(tailArguments('dave', '--count', '2'));
    await tail.line({ type: 'connected' });
    await publish('restarted', 'before');
    await tail.line({ id: 'restarted:1' });
    await server.kill();
    await server.start();
    await publish('restarted', 'after');
    expect(await tail.exit).toEqual({ code: 0, signal: null });
    expect(contentsOf(tail)).toEqual(['before', 'after']);
    expect(tail.stderr).toContain('trying again');
  });
});

describe.each([
  { name: 'chatapi serve', program: 'dist/cli/main.js', args: ['serve'] },
  { name: 'start-prod', program: 'scripts/start-prod.mjs', args: [] },
])('$name', ({ program, args }) => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'chatapi-serve-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('serves until it is asked to stop, and ends with exit code 0', async () => {
    const run = new CliProcess(args, { PORT: '0', HOST: '127.0.0.1', DATA_DIR: directory, JWT_SECRET, LOG_FORMAT: 'json' }, undefined, program);
    const { port } = await run.line({ msg: 'listening' });
    expect((await fetch(`http://127.0.0.1:${String(port)}/livez`)).status).toBe(200);
    expect(await run.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('ends with exit code 1 and the reason when its port is taken', async () => {
    const run = new CliProcess(args, { PORT: String(server.port), HOST: '127.0.0.1', DATA_DIR: directory, JWT_SECRET }, undefined, program);
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect(run.stderr).toContain('EADDRINUSE');
  });

  it('ends with exit code 1 and the reason, and says nothing else, when its store is in use', async () => {
    const run = new CliProcess(args, { PORT: '0', HOST: '127.0.0.1', DATA_DIR: server.dataDir, JWT_SECRET, LOG_FORMAT: 'json' }, undefined, program);
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect({ stdout: run.stdout, stderr: run.stderr }).toEqual({
      stdout: '',
      stderr: `The store in ${server.dataDir} is in use by another process. Stop that process, or give this one a DATA_DIR of its own.\n`,
    });
  });
});

describe('start-prod', () => {
  it('makes no secret of its own', async () => {
    const run = new CliProcess([], { PORT: '0', HOST: '127.0.0.1' }, undefined, 'scripts/start-prod.mjs');
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect(run.stderr).toContain('JWT_SECRET is not set');
  });
});
