// Clients of other makes: they receive, acknowledge by the pongs that their libraries send, and get nothing again.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';
import { missing, PythonProcess } from './python-process.js';

const COUNT = 100;
const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

describe.each([
  { library: 'websockets', packageName: 'websockets', program: 'websockets_client.py' },
  { library: 'aiohttp', packageName: 'aiohttp', program: 'aiohttp_client.py' },
  { library: 'websocket-client', packageName: 'websocket', program: 'websocket_client.py' },
])('a client made with Python $library', ({ library, packageName, program }) => {
  const reason = missing(packageName);
  if (reason !== undefined) console.log(`Skipped: ${library}, because ${reason}`);

  it.skipIf(reason !== undefined)('receives, acknowledges by transport, and gets nothing a second time', async () => {
    const client = `python-${library}`;
    const url = `ws://127.0.0.1:${server.port}/ws?token=${signToken({ sub: client })}`;
    const connect = (): PythonProcess => {
      const connection = new PythonProcess(program, url);
      onTestFinished(() => connection.kill());
      return connection;
    };
    await server.admin.createRoom({ id: library, members: [client] });
    const sent = Array.from({ length: COUNT }, (_, index) => `message ${index}`);
    await server.admin.publishAll(sent.map((content) => ({ room_id: library, content })));

    const first = connect();
    await eventually('everything to be acknowledged', async () => {
      return first.frames.length >= COUNT && (await server.admin.queue(client)).body.size === 0;
    });
    expect(first.frames.map(({ data }) => data.content)).toEqual(sent);
    await first.finish();

    const second = connect();
    await server.admin.publish(library, { content: 'the next one' });
    await eventually('the next message', () => second.frames.length > 0);
    expect(second.frames.map(({ data }) => data.content)).toEqual(['the next one']);
    await second.finish();
  });
});
