// How event streams end: with their token, a ban, a revocation, the server; and what a client does that reads slowly, or not at all.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import { type Frame, isMessage } from '../../support/frame.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const server = new ServerProcess({ JWT_CLOCK_TOLERANCE_SECONDS: '0', HEARTBEAT_INTERVAL_SECONDS: '0.2', HEARTBEAT_TIMEOUT_SECONDS: '5' });
const messages = (frames: readonly Frame[]): Frame[] => frames.filter(({ type }) => type === 'message');

beforeAll(() => server.start());
afterAll(() => server.destroy());

const statusOf = async (client: EventStreamClient): Promise<number | undefined> => (await client.tryToConnect())?.status;

describe('an event stream ends', () => {
  it('with its token: an error says so, and the next request is a 401', async () => {
    const exp = Math.ceil(Date.now() / 1000) + 2;
    const client = await new EventStreamClient(server, 'expiring', { token: signToken({ sub: 'expiring', exp }) }).connect();
    await client.ending();
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    expect(client.frames).toMatchObject([{ type: 'error', data: { code: 'CONNECTION_ERROR', message: 'The token has expired' } }]);
    expect(await statusOf(client)).toBe(401);
  });

  it('when its token is revoked', async () => {
    const client = await new EventStreamClient(server, 'revoked', { token: signToken({ sub: 'revoked', jti: 'one' }) }).connect();
    await server.admin.request('POST', '/tokens/revoke', { jti: 'one' });
    await client.ending();
    expect(client.frames).toMatchObject([{ type: 'error', data: { code: 'CONNECTION_ERROR', message: 'The token was revoked' } }]);
    expect(await statusOf(client)).toBe(401);
  });

  it('when its client is banned, which may not come back', async () => {
    const client = await new EventStreamClient(server, 'banned').connect();
    await server.admin.request('PUT', '/bans/banned', { seconds: 60, reason: 'noise' });
    await client.ending();
    expect(client.frames).toMatchObject([{ type: 'error', data: { code: 'CLIENT_BANNED' } }]);
    const refusal = await client.tryToConnect();
    expect([refusal?.status, refusal?.body.code, Number(refusal?.headers['retry-after']) > 50]).toEqual([403, 'CLIENT_BANNED', true]);
  });

  it('when its client leaves, which is offline then', async () => {
    const client = await new EventStreamClient(server, 'leaver').connect();
    await eventually('it to be online', async () => (await server.admin.presence('leaver')).body.status === 'online');
    await client.cut();
    await eventually('it to be offline', async () => (await server.admin.presence('leaver')).body.status === 'offline');
  });
});

describe('a quiet stream', () => {
  it('brings a comment at each heartbeat, and stays for longer than the heartbeat may be missed', async () => {
    const client = await new EventStreamClient(server, 'quiet').connect();
    await client.until('heartbeats', () => client.comments >= 30);
    expect(client.isClosed).toBe(false);
    expect(client.frames).toEqual([]);
    await client.cut();
  });
});

describe('a client that stops reading', () => {
  it('costs bounded memory, delays nobody, and gets the rest when it reads again', async () => {
    await server.admin.createRoom({ id: 'slow', members: ['sleeper', 'reader'] });
    const sleeper = await new EventStreamClient(server, 'sleeper').connect();
    const reader = await new EventStreamClient(server, 'reader').connect();
    sleeper.pause();
    for (let i = 0; i < 900; i += 50) {
      await server.admin.publishAll(Array.from({ length: 50 }, (_, j) => ({ room_id: 'slow', content: `${i + j} ${'x'.repeat(16_000)}` })));
    }
    await reader.until('all', () => messages(reader.frames).length === 900);
    const buffered = async (): Promise<number> => {
      const { body } = await server.admin.request<{ items: { buffered_bytes: number }[] }>('GET', '/connections?client_id=sleeper');
      return body.items[0].buffered_bytes;
    };
    expect(await buffered()).toBeGreaterThan(0);
    expect(await buffered()).toBeLessThanOrEqual(1_048_576 + 512 * 1024);
    sleeper.unpause();
    await sleeper.until('all', () => messages(sleeper.frames).length === 900);
    expect(messages(sleeper.frames).map(({ seq }) => seq)).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
    await sleeper.cut();
    await reader.cut();
  });

  it('for longer than its queue holds is told what fell out', async () => {
    await server.admin.createRoom({ id: 'flood', members: ['dreamer'] });
    const dreamer = await new EventStreamClient(server, 'dreamer').connect();
    dreamer.pause();
    for (let i = 0; i < 2000; i += 50) {
      await server.admin.publishAll(Array.from({ length: 50 }, (_, j) => ({ room_id: 'flood', content: `${i + j} ${'x'.repeat(8000)}` })));
    }
    dreamer.unpause();
    const last = ({ seq }: Frame): boolean => seq === 2000;
    await dreamer.next('the last', last);
    const dropped = dreamer.frames.filter(({ data }) => data.code === 'QUEUE_OVERFLOW').reduce((sum, { data }) => sum + (data.dropped ?? 0), 0);
    expect(dropped).toBeGreaterThan(0);
    expect(messages(dreamer.frames).length + dropped).toBe(2000);
    await dreamer.cut();
  });

  it('and never reads again is let go of', async () => {
    await server.admin.createRoom({ id: 'stuck', members: ['dead'] });
    const dead = await new EventStreamClient(server, 'dead').connect();
    dead.pause();
    for (let i = 0; i < 600; i += 50) {
      await server.admin.publishAll(Array.from({ length: 50 }, () => ({ room_id: 'stuck', content: 'x'.repeat(32_000) })));
    }
    const isListed = async (): Promise<boolean> => (await server.admin.request<{ items: object[] }>('GET', '/connections?client_id=dead')).body.items.length > 0;
    expect(await isListed()).toBe(true);
    await eventually('it to be gone', async () => !(await isListed()), 60_000);
    await dead.cut();
  }, 90_000);
});

describe('a server', () => {
  it('that shuts down lets its event streams come back when it has gone, spread over time, and loses nothing', async () => {
    const draining = await new ServerProcess({ SHUTDOWN_DRAIN_SECONDS: '1' }).start();
    try {
      await draining.admin.createRoom({ id: 'drained', members: ['reader'] });
      const reader = await new EventStreamClient(draining, 'reader').connect();
      const others = await Promise.all(Array.from({ length: 40 }, (_, i) => new EventStreamClient(draining, `other-${i}`).connect()));
      await draining.admin.publish('drained', { content: 'before' });
      await reader.next('the message', isMessage('before'));
      const exit = draining.signal('SIGTERM');
      await Promise.all([reader, ...others].map((client) => client.ending()));
      const times = others.map(({ retryMs }) => retryMs ?? 0);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(2000);
      expect(new Set(times).size).toBeGreaterThan(20);
      expect(await exit).toEqual({ code: 0, signal: null });
      await draining.start();
      await draining.admin.publish('drained', { content: 'after' });
      await reader.connect();
      await reader.next('what came after', isMessage('after'));
      expect(reader.framesOfConnection.filter(isMessage('before'))).toEqual([]);
    } finally {
      await draining.destroy();
    }
  });

  it('that is killed in the middle of it all loses nothing, and repeats nothing that had an id', async () => {
    const fragile = await new ServerProcess({ DURABILITY: 'fsync' }).start();
    try {
      for (const id of ['left', 'right']) await fragile.admin.createRoom({ id, members: ['witness'] });
      const client = await new EventStreamClient(fragile, 'witness').connect();
      const acknowledged: string[] = [];
      let isOver = false;
      const publishes = async (): Promise<void> => {
        for (let i = 0; !isOver; i++) {
          const content = `number ${i}`;
          const id = `m${i}`;
          for (let done = false; !done && !isOver; ) {
            done = await fragile.admin.publish(i % 2 === 0 ? 'left' : 'right', { id, content }).then(({ status }) => status === 201, () => false);
            if (!done) await delay(20);
            else acknowledged.push(content);
          }
        }
      };
      const publishing = publishes();
      for (let round = 0; round < 3; round++) {
        await client.until('much', () => client.framesOfConnection.length >= 100);
        await fragile.kill();
        await client.ending();
        await fragile.start();
        await client.connect();
      }
      await client.until('some more', () => client.framesOfConnection.length >= 50);
      isOver = true;
      await publishing;
      const got = (): Set<unknown> => new Set(messages(client.frames).map(({ data }) => data.content));
      await client.until('everything', () => acknowledged.every((content) => got().has(content)));
      expect(new Set(client.frames.map(({ id }) => id)).size).toBe(client.frames.length);
    } finally {
      await fragile.destroy();
    }
    // Some hundred commits to disk, one after the other.
  }, 120_000);
});
