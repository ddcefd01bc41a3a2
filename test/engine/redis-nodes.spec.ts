// Several Redis engines over one store: what one writes comes to those who are connected to another, whatever is lost on the way.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisProcess } from '../support/redis-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { FeedNode, NOW, TENANT } from './feed-node.js';
import { newRedisEngine } from './new-redis-engine.js';

const QUEUE_MAX = 300;
const ALICE = { tenant: TENANT, clientId: 'alice', device: '' };

const server = new RedisProcess(false);
let stores = 0;
let proxy: TcpProxy;
let writer: FeedNode;
/** Goes through the proxy. */
let reader: FeedNode;

beforeAll(() => server.start());
afterAll(() => server.destroy());

beforeEach(async () => {
  proxy = await new TcpProxy(() => server.port, 'ssubscribe').listen();
  const prefix = `nodes-${++stores}`;
  const start = async (url: string): Promise<FeedNode> => {
    const engine = newRedisEngine({ url, prefix, queueMaxPerClient: QUEUE_MAX });
    await engine.start();
    return new FeedNode(engine);
  };
  [writer, reader] = await Promise.all([start(server.url), start(`redis://127.0.0.1:${proxy.port}`)]);
});
afterEach(async () => {
  await Promise.all([writer.engine.stop(), reader.engine.stop()]);
  await proxy.close();
});

describe('the live feed of another node', () => {
  it('brings everything of the logs of a client that is connected there, in order', async () => {
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue(ALICE);
    await writer.publish('r1', 3);
    await writer.change('r1', 'add', 'bob');
    await writer.change('r1', 'remove', 'bob', true);
    await writer.engine.updateRoom({ tenant: TENANT, roomId: 'r1', name: 'One', at: NOW });
    await writer.publish('@alice');
    await writer.engine.deleteRoom({ tenant: TENANT, roomId: 'r1', at: NOW });
    await reader.has('r1', '7 deleted');
    await reader.has('@alice', '1');
    expect(reader.of('r1')).toEqual(['1', '2', '3', '4 joined bob', '5 left bob', '6', '7 deleted']);
    expect(reader.feed.find(({ seq, log }) => seq === 4 && log === 'r1')).toEqual(writer.feed.find(({ seq, log }) => seq === 4 && log === 'r1'));
    expect(reader.feed.find(({ seq, log }) => seq === 5 && log === 'r1')).toEqual(writer.feed.find(({ seq, log }) => seq === 5 && log === 'r1'));
  });

  it('brings nothing of logs that nobody there receives from', async () => {
    await writer.createRoom('r1', ['bob']);
    await reader.engine.openQueue(ALICE);
    await writer.publish('r1');
    await writer.publish('@alice');
    await reader.has('@alice', '1');
    expect(reader.of('r1')).toEqual([]);
  });

  it('ends with the last queue of a client, and begins anew with the next', async () => {
    await writer.createRoom('r1', ['alice']);
    await Promise.all([reader.engine.openQueue(ALICE), reader.engine.openQueue({ ...ALICE, device: 'phone' })]);
    reader.engine.closeQueue(ALICE);
    await writer.publish('r1');
    await reader.has('r1', '1');
    reader.engine.closeQueue({ ...ALICE, device: 'phone' });
    await writer.publish('r1', 2);
    const { logs } = await reader.engine.openQueue(ALICE);
    expect(logs.find(({ log }) => log === 'r1')).toMatchObject({ head: 3 });
    await writer.publish('r1');
    await reader.has('r1', '4');
    // Of two that are opened at once each may have to be told what the other has found.
    expect(reader.of('r1').filter((text) => text !== '0 resynced alice:0')).toEqual(['1', '4']);
  });

  it('brings a room that a connected client is made a member of elsewhere, from its beginning', async () => {
    await reader.engine.openQueue(ALICE);
    await writer.createRoom('r1', ['alice', 'bob']);
    await reader.has('r1', '0 resynced alice:0');
    await writer.publish('r1');
    await reader.has('r1', '1');
  });

  it('brings a room that a connected client joins elsewhere, and what is written in it from then on', async () => {
    await writer.createRoom('r1', ['bob']);
    await writer.publish('r1', 2);
    await reader.engine.openQueue(ALICE);
    await writer.change('r1', 'add', 'alice');
    await reader.has('r1', '3 resynced alice:2');
    await writer.publish('r1');
    await reader.has('r1', '4');
  });

  it('brings joining and leaving of one client at their place where others receive already', async () => {
    await writer.createRoom('r1', ['bob']);
    await reader.engine.openQueue({ ...ALICE, clientId: 'bob' });
    await reader.engine.openQueue(ALICE);
    await writer.change('r1', 'add', 'alice');
    await writer.publish('r1');
    await writer.change('r1', 'remove', 'alice');
    await writer.publish('r1');
    await reader.has('r1', '4');
    expect(reader.of('r1').filter((text) => !text.includes('resynced'))).toEqual(['1 joined alice', '2', '3 left alice', '4']);
  });

  it('brings each number once and in order while all nodes write to the same log', async () => {
    await writer.createRoom('r1', ['alice', 'bob']);
    await Promise.all([reader.engine.openQueue(ALICE), writer.engine.openQueue({ ...ALICE, clientId: 'bob' })]);
    const rounds = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? writer : reader).publish('r1', 1 + (i % 3)));
    await Promise.all(rounds);
    const all = Array.from({ length: 199 }, (_, i) => `${i + 1}`);
    await Promise.all([reader.has('r1', '199'), writer.has('r1', '199')]);
    expect(reader.of('r1')).toEqual(all);
    expect(writer.of('r1').slice(1)).toEqual(all);
  });

  it('has brought what a node has written when its promise resolves, whatever others write meanwhile', async () => {
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue(ALICE);
    for (let i = 0; i < 50; i++) {
      const other = writer.publish('r1');
      const [outcome] = await reader.engine.append([{ tenant: TENANT, log: 'r1', type: 'message', data: '{}', at: NOW }]);
      const seq = outcome instanceof Error ? -1 : outcome.seq;
      expect(reader.of('r1')).toContain(`${seq}`);
      await other;
    }
  });
});

describe('what is lost on the line', () => {
  it('is read from the log when the next number comes', async () => {
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue(ALICE);
    proxy.swallowMarked();
    await writer.publish('r1', 2);
    await writer.change('r1', 'add', 'bob', true);
    await reader.publish('r1');
    expect(reader.of('r1')).toEqual(['1', '2', '3 joined bob', '4']);
  });

  it('is found by comparing, without anything coming', async () => {
    await writer.createRoom('r1', ['alice']);
    await writer.createRoom('r2');
    await reader.engine.openQueue(ALICE);
    proxy.swallowMarked();
    await writer.publish('r1', 2);
    await writer.change('r2', 'add', 'alice');
    await reader.has('r1', '2');
    await reader.has('r2', '1 resynced alice:0');
  });

  it('is found at once when the line is back after it was cut', async () => {
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue(ALICE);
    proxy.cut();
    await writer.publish('r1', 2);
    proxy.restore();
    await reader.has('r1', '2');
    await writer.publish('r1');
    await reader.has('r1', '3');
    expect(reader.of('r1')).toEqual(['1', '2', '3']);
  });

  it('is replaced by who is a member now where the log does not keep it any more', async () => {
    await writer.createRoom('r1', ['alice', 'bob', 'carol']);
    for (const clientId of ['alice', 'bob', 'carol']) await reader.engine.openQueue({ ...ALICE, clientId });
    proxy.swallowMarked();
    await writer.change('r1', 'remove', 'bob');
    await writer.change('r1', 'remove', 'carol');
    await writer.change('r1', 'add', 'carol');
    await writer.publish('r1', QUEUE_MAX + 5);
    await reader.has('r1', `${QUEUE_MAX + 8} resynced alice:0,bob:-,carol:2`);
    await reader.publish('r1');
    expect(reader.of('r1')).toEqual([`${QUEUE_MAX + 8} resynced alice:0,bob:-,carol:2`, `${QUEUE_MAX + 9}`]);
  });

  it('is replaced likewise when the room was deleted, with its end', async () => {
    await writer.createRoom('r1', ['alice', 'bob']);
    await reader.engine.openQueue(ALICE);
    proxy.swallowMarked();
    await writer.publish('r1', QUEUE_MAX + 5);
    await writer.engine.deleteRoom({ tenant: TENANT, roomId: 'r1', at: NOW });
    await reader.has('r1', `${QUEUE_MAX + 6} deleted`);
    expect(reader.of('r1')).toEqual([`${QUEUE_MAX + 5} resynced alice:0`, `${QUEUE_MAX + 6} deleted`]);
  });

  it('has come before a queue is answered that contains it', async () => {
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue(ALICE);
    proxy.swallowMarked();
    await writer.publish('r1', 2);
    await reader.engine.openQueue({ ...ALICE, device: 'phone' });
    expect(reader.of('r1')).toEqual(['1', '2']);
    await writer.publish('r1', 2);
    await reader.engine.readQueue(ALICE, [{ log: 'r1', after: 0 }], 10, 1e6);
    expect(reader.of('r1')).toEqual(['1', '2', '3', '4']);
  });

  it('has come before a queue is answered that contains nothing because the client has left', async () => {
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue(ALICE);
    proxy.swallowMarked();
    await writer.publish('r1');
    await writer.change('r1', 'remove', 'alice');
    expect(await reader.engine.readQueue(ALICE, [{ log: 'r1', after: 0 }], 10, 1e6)).toEqual({ pages: [], dropped: [] });
    expect(reader.of('r1')).toEqual(['1', '2 left alice']);
  });
});
