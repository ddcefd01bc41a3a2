// Presence: online, away and offline over several connections, told once to everybody who shares a room.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const server = new ServerProcess({ PRESENCE_GRACE_SECONDS: '1' });

beforeAll(() => server.start());
afterAll(() => server.destroy());

async function connect(clientId: string): Promise<RecordingClient> {
  const client = await new RecordingClient(server, clientId).connect();
  onTestFinished(() => client.cut());
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
}

/** The statuses of one client that another was told, in order. */
function statusesOf(clientId: string, observer: RecordingClient): unknown[] {
  return observer.framesOfConnection.filter(({ type, data }) => type === 'client_status' && data.client_id === clientId).map(({ data }) => data.status);
}

async function told(observer: RecordingClient, clientId: string, ...statuses: string[]): Promise<void> {
  await observer.until(`${clientId} to be ${statuses.at(-1)}`, () => statusesOf(clientId, observer).length >= statuses.length);
  expect(statusesOf(clientId, observer)).toEqual(statuses);
}

async function presenceIs(clientId: string, status: string): Promise<void> {
  await eventually(`${clientId} to be ${status}`, async () => (await server.admin.presence(clientId)).body.status === status);
}

describe('a client', () => {
  it('is online, away and offline, and a co-member is told each once, however many rooms they share', async () => {
    for (const id of ['shared-1', 'shared-2', 'shared-3']) await server.admin.createRoom({ id, members: ['anna', 'ben'] });
    const anna = await connect('anna');
    const ben = await connect('ben');
    await told(anna, 'ben', 'online');
    await ben.command('presence', { status: 'away' });
    await told(anna, 'ben', 'online', 'away');
    await ben.closeCleanly();
    await told(anna, 'ben', 'online', 'away', 'offline');
    const { data, id, seq } = anna.frames.findLast(({ type }) => type === 'client_status') ?? { data: {} };
    expect(data).toEqual({ client_id: 'ben', status: 'offline', last_seen: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    expect(id).toEqual(expect.any(String));
    expect(seq).toBeUndefined();
  });

  it('is away only when all its connections are, and offline only when none is left', async () => {
    await server.admin.createRoom({ id: 'devices', members: ['clara', 'dan'] });
    const clara = await connect('clara');
    const [phone, laptop] = [await connect('dan'), await connect('dan')];
    await told(clara, 'dan', 'online');
    await phone.command('presence', { status: 'away' });
    await phone.closeCleanly();
    await laptop.command('presence', { status: 'away' });
    await told(clara, 'dan', 'online', 'away');
    await laptop.command('presence', { status: 'online' });
    await told(clara, 'dan', 'online', 'away', 'online');
  });

  it('that comes back within the grace time was never offline', async () => {
    await server.admin.createRoom({ id: 'grace', members: ['emma', 'finn'] });
    const emma = await connect('emma');
    const finn = await connect('finn');
    await told(emma, 'finn', 'online');
    await finn.cut();
    await finn.connect();
    await finn.command('presence', { status: 'away' });
    await told(emma, 'finn', 'online', 'away');
  });

  it('that breaks off is offline when the grace time is over, last seen when it was connected', async () => {
    await server.admin.createRoom({ id: 'broken-off', members: ['greta', 'hugo'] });
    const greta = await connect('greta');
    const hugo = await connect('hugo');
    await told(greta, 'hugo', 'online');
    await hugo.cut();
    await told(greta, 'hugo', 'online', 'offline');
    const { body } = await server.admin.presence('hugo');
    expect(body).toEqual({ client_id: 'hugo', status: 'offline', last_seen: greta.frames.at(-1)?.data.last_seen });
  });

  it('is not told of to clients that share no room with it', async () => {
    await server.admin.createRoom({ id: 'this-one', members: ['ida', 'jan'] });
    await server.admin.createRoom({ id: 'another', members: ['kurt'] });
    const [ida, kurt] = [await connect('ida'), await connect('kurt')];
    await connect('jan');
    await told(ida, 'jan', 'online');
    await server.admin.notifyClient('kurt', 'marker', {});
    await kurt.next('the marker', ({ type }) => type === 'marker');
    expect(kurt.frames.filter(({ type }) => type === 'client_status')).toEqual([]);
  });
});

describe('a client that was away', () => {
  it('is told the newest status of each client that changed meanwhile, once', async () => {
    await server.admin.createRoom({ id: 'while-away', members: ['lena', 'max', 'nina', 'otto'] });
    const [max, nina] = [await connect('max'), await connect('nina')];
    const lena = await connect('lena');
    await told(lena, 'max', 'online');
    await told(lena, 'nina', 'online');
    await lena.acknowledged();
    await lena.closeCleanly();

    await max.command('presence', { status: 'away' });
    await presenceIs('max', 'away');
    await max.command('presence', { status: 'online' });
    await presenceIs('max', 'online');
    await max.command('presence', { status: 'away' });
    await presenceIs('max', 'away');
    await connect('otto');
    await presenceIs('otto', 'online');

    await lena.connect();
    await told(lena, 'max', 'away');
    await told(lena, 'otto', 'online');
    await nina.command('presence', { status: 'away' });
    await told(lena, 'nina', 'away');
    expect(statusesOf('max', lena)).toEqual(['away']);
    expect(statusesOf('otto', lena)).toEqual(['online']);
  });

  it('is told nothing again that it was told before', async () => {
    await server.admin.createRoom({ id: 'told-once', members: ['pia', 'quinn'] });
    const quinn = await connect('quinn');
    const pia = await connect('pia');
    await told(pia, 'quinn', 'online');
    await pia.acknowledged();
    await pia.closeCleanly();
    await pia.connect();
    await quinn.command('presence', { status: 'away' });
    await told(pia, 'quinn', 'away');
  });

  it('is told of a change once, even when it connects at the very moment of the change', async () => {
    await server.admin.createRoom({ id: 'moment', members: ['rosa', 'sven'] });
    const sven = await connect('sven');
    const rosa = new RecordingClient(server, 'rosa');
    for (let round = 0; round < 50; round++) {
      const change = sven.command('presence', { status: round % 2 === 0 ? 'away' : 'online' });
      await rosa.connect();
      await change;
      await rosa.until('the newest status', () => statusesOf('sven', rosa).length > 0);
      await server.admin.notifyClient('rosa', 'marker', { round });
      await rosa.next('the marker', ({ type, data }) => type === 'marker' && data.round === round);
      const ids = rosa.framesOfConnection.filter(({ type }) => type === 'client_status').map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)]);
      await rosa.closeCleanly();
    }
  });
});
