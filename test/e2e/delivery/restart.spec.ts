// A restart on the same data loses nothing, whether the process was asked to end or killed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import type { Frame } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

let server: ServerProcess;
const isMessage = ({ type }: Frame): boolean => type === 'message';
const contents = (frames: Frame[]): unknown[] => frames.filter(isMessage).map(({ data }) => data.content);

beforeEach(async () => {
  server = await new ServerProcess().start();
});
afterEach(() => server.destroy());

describe.each([
  { ending: 'asked to end (SIGTERM)', end: () => server.stop() },
  { ending: 'killed (SIGKILL)', end: () => server.kill() },
])('a server that was $ending and started again', ({ end }) => {
  it('still has rooms, members, messages, positions and when clients were last seen', async () => {
    await server.admin.createRoom({ id: 'lasting', name: 'Lasting', metadata: { colour: 'blue' }, members: ['alice', 'bob'] });
    await server.admin.addMember('lasting', 'carol');
    await server.admin.publish('lasting', { content: 'first' });
    const alice = await new RecordingClient(server, 'alice').connect();
    await alice.next('the first message', isMessage);
    await eventually('it to be acknowledged', async () => (await server.admin.queue('alice')).body.size === 0);
    await alice.closeCleanly();
    await eventually('alice to be offline', async () => (await server.admin.presence('alice')).body.status === 'offline');
    await server.admin.publish('lasting', { content: 'second' });
    const look = async (): Promise<unknown[]> => {
      const paths = ['/rooms/lasting', '/rooms/lasting/members', '/rooms/lasting/messages', '/clients/alice/presence', '/clients/alice/queue', '/clients/bob/queue'];
      return Promise.all(paths.map(async (path) => (await server.admin.request('GET', path)).body));
    };
    const before = await look();

    await end();
    await server.start();

    expect(await look()).toEqual(before);
    await server.admin.publish('lasting', { content: 'third' });
    await alice.connect();
    await alice.until('the third message', () => contents(alice.framesOfConnection).includes('third'));
    expect(contents(alice.framesOfConnection)).toEqual(['second', 'third']);
    expect(alice.framesOfConnection.filter(isMessage).map(({ seq }) => seq)).toEqual([3, 4]);
    const bob = await new RecordingClient(server, 'bob').connect();
    await bob.until('the third message', () => contents(bob.frames).includes('third'));
    expect(contents(bob.frames)).toEqual(['first', 'second', 'third']);
  });

  it('still knows the ids of messages, and publishes a repeated one once', async () => {
    await server.admin.createRoom({ id: 'repeated', members: ['alice'] });
    const first = await server.admin.publish('repeated', { id: 'chosen', content: 'hello' });
    await end();
    await server.start();
    const second = await server.admin.publish('repeated', { id: 'chosen', content: 'hello' });
    expect(second.body).toEqual(first.body);
  });
});

describe('a data directory', () => {
  it('that a running server has is refused to a second one, by name', async () => {
    const second = new ServerProcess({ DATA_DIR: server.dataDir });
    await expect(second.start()).rejects.toThrow(/DATA_DIR|another process/);
    await second.destroy();
    expect((await fetch(`${server.origin}/livez`)).status).toBe(200);
  });
});
