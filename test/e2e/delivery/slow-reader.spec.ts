// A client that does not read: it delays nobody, costs bounded memory, and misses nothing when it reads again.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import type { Frame } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const server = new ServerProcess();
const isMessage = ({ type }: Frame): boolean => type === 'message';
const numbers = (client: RecordingClient): unknown[] => client.frames.filter(isMessage).map(({ seq }) => seq);

beforeAll(() => server.start());
afterAll(() => server.destroy());

/** Large enough that no buffer of the network holds all of it. */
async function publishMuch(room: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 50) {
    const items = Array.from({ length: Math.min(50, count - index) }, () => ({ room_id: room, content: 'x'.repeat(16_000) }));
    await server.admin.publishAll(items);
  }
}

/** Resolves with a number once it has stopped rising. */
async function standstill(read: () => Promise<number>): Promise<number> {
  let seen = await read();
  for (let unchanged = 0; unchanged < 5; ) {
    await delay(100);
    const now = await read();
    unchanged = now === seen && now > 0 ? unchanged + 1 : 0;
    seen = now;
  }
  return seen;
}

describe('a client that stops reading', () => {
  it('does not delay the others, and resumes without a gap', async () => {
    await server.admin.createRoom({ id: 'busy', members: ['slow', 'fast'] });
    const slow = await new RecordingClient(server, 'slow').connect();
    const fast = await new RecordingClient(server, 'fast').connect();
    await slow.next('connected', ({ type }) => type === 'connected');
    slow.webSocket.pause();

    await publishMuch('busy', 900);
    await fast.until('all 900', () => fast.frames.filter(isMessage).length === 900);
    expect(slow.frames.filter(isMessage)).toEqual([]);
    expect(slow.isOpen).toBe(true);

    slow.webSocket.resume();
    await slow.until('all 900', () => slow.frames.filter(isMessage).length >= 900);
    const all = Array.from({ length: 900 }, (_, index) => index + 1);
    expect(numbers(fast)).toEqual(all);
    expect(numbers(slow)).toEqual(all);
    await Promise.all([slow.closeCleanly(), fast.closeCleanly()]);
  });

  it('for longer than its queue holds is told what fell out, and gets the newest', async () => {
    await server.admin.createRoom({ id: 'flooded', members: ['sleeper'] });
    const sleeper = await new RecordingClient(server, 'sleeper').connect();
    await sleeper.next('connected', ({ type }) => type === 'connected');
    sleeper.webSocket.pause();
    await publishMuch('flooded', 2500);
    sleeper.webSocket.resume();

    await sleeper.until('the newest message', () => sleeper.frames.at(-1)?.seq === 2500);
    const dropped = sleeper.frames
      .filter(({ data }) => data.code === 'QUEUE_OVERFLOW')
      .flatMap(({ data }) => data.rooms ?? [])
      .flatMap(({ from_seq, to_seq }) => Array.from({ length: to_seq - from_seq + 1 }, (_, index) => from_seq + index));
    expect(dropped.length).toBeGreaterThan(0);
    const accountedFor = [...numbers(sleeper), ...dropped].map(Number).sort((a, b) => a - b);
    expect(accountedFor).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
    await eventually('everything to be acknowledged', async () => (await server.admin.queue('sleeper')).body.size === 0);
    await sleeper.closeCleanly();
  });

  it('and goes on sending commands is not read either, until it reads its answers', async () => {
    const total = 1500;
    await server.admin.createRoom({ id: 'loud' });
    const token = signToken({ sub: 'speaker', scope: 'publish' });
    const speaker = await new RecordingClient(server, 'speaker', { token }).connect();
    await speaker.next('connected', ({ type }) => type === 'connected');
    speaker.webSocket.pause();
    // Every answer repeats the content: far more than all buffers on its way hold.
    const answers = Array.from({ length: total }, (_, index) => speaker.command('message', { room_id: 'loud', content: `${index}`.padEnd(16_000) }));

    expect(await standstill(async () => (await server.admin.room('loud')).body.last_seq)).toBeLessThan(total);

    speaker.webSocket.resume();
    expect((await Promise.all(answers)).map(({ data }) => data.seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    await speaker.closeCleanly();
  });
});
