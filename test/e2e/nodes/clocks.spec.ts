// Servers whose clocks are hours apart: all of them keep to the time of Redis.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingClient } from '../../support/recording-client.js';
import { ThreeNodes } from './three-nodes.js';

const HOUR_MS = 3_600_000;
/** A slow machine, not a clock. */
const NEARLY_MS = 60_000;
const service = new ThreeNodes();

beforeAll(() => service.start({ QUEUE_TTL_SECONDS: '1800', MAX_CONNECTIONS_PER_CLIENT: '2', CONNECTION_LIMIT_POLICY: 'close-oldest' }, [HOUR_MS, 0, -2 * HOUR_MS]));
afterAll(() => service.destroy());

describe('servers whose clocks are hours apart', () => {
  it('stamp messages with one time, and deliver them in one order', async () => {
    await service.nodes[0].admin.createRoom({ id: 'hours', members: ['ann'] });
    const ann = await new RecordingClient(service.nodes[2], 'ann').connect();
    for (let i = 0; i < 6; i++) {
      const { body } = await service.nodes[i % 3].admin.publish('hours', { content: `${i}` });
      expect(Math.abs(Date.parse(body.timestamp) - Date.now())).toBeLessThan(NEARLY_MS);
    }
    await ann.until('six messages', () => ann.frames.filter(({ type }) => type === 'message').length === 6);
    expect(ann.frames.filter(({ type }) => type === 'message').map(({ data }) => data.content)).toEqual(['0', '1', '2', '3', '4', '5']);
    await ann.closeCleanly();
  });

  it('close the oldest of a client\'s connections at all of them, by the same time', async () => {
    const connect = async (node: number): Promise<RecordingClient> => {
      const one = await new RecordingClient(service.nodes[node], 'crowd').connect();
      await one.next('its greeting', ({ type }) => type === 'connected');
      return one;
    };
    const [first, second] = [await connect(0), await connect(2)];
    const third = await connect(1);
    expect(await first.ending()).toMatchObject({ code: 4429 });
    const fourth = await connect(0);
    expect(await second.ending()).toMatchObject({ code: 4429 });
    await Promise.all([third, fourth].map((one) => one.closeCleanly()));
  });

  it('keep bans for as long as they were meant', async () => {
    await service.nodes[0].admin.request('PUT', '/bans/rascal', { seconds: 600 });
    for (const node of service.nodes) {
      const rascal = await new RecordingClient(node, 'rascal').connect();
      const { data } = await rascal.next('the refusal', ({ type }) => type === 'error');
      expect(data.code).toBe('CLIENT_BANNED');
      expect(Number(data.retry_after)).toBeGreaterThan(600 - NEARLY_MS / 1000);
      expect(Number(data.retry_after)).toBeLessThanOrEqual(600);
      await rascal.ending();
    }
  });

  it('keep what is queued, however old it is by their own clock', async () => {
    await service.nodes[2].admin.createRoom({ id: 'kept', members: ['late'] });
    await service.nodes[2].admin.publish('kept', { content: 'waiting' });
    const late = await new RecordingClient(service.nodes[0], 'late').connect();
    await late.next('what waits', ({ type, data }) => type === 'message' && data.content === 'waiting');
    await late.closeCleanly();
  });
});
