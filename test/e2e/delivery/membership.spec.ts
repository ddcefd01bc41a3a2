// Joining and leaving are entries of the room's order: nothing from before the one, nothing from after the other.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Frame, isOrdered, orderOf } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

async function connect(clientId: string): Promise<RecordingClient> {
  const client = await new RecordingClient(server, clientId).connect();
  onTestFinished(() => client.cut());
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
}

function framesOf(client: RecordingClient, room: string): Frame[] {
  return client.frames.filter((frame) => isOrdered(frame) && orderOf(frame) === room);
}

/** Everything that was published to the client up to now has come when this resolves. */
async function caughtUp(client: RecordingClient): Promise<void> {
  await server.admin.notifyClient(client.clientId, 'marker', {});
  await client.next('the marker', ({ type }) => type === 'marker');
}

describe('a connected client', () => {
  it('gets its own client_joined first, then what follows, and nothing from before', async () => {
    await server.admin.createRoom({ id: 'joining', members: ['host'] });
    await server.admin.publish('joining', { content: 'too early' });
    const guest = await connect('guest');
    await server.admin.addMember('joining', 'guest');
    await server.admin.publish('joining', { content: 'welcome' });
    await guest.next('the welcome', ({ data }) => data.content === 'welcome');
    expect(framesOf(guest, 'joining')).toEqual([
      {
        type: 'room_update',
        id: 'joining:2',
        seq: 2,
        data: { room_id: 'joining', event: 'client_joined', client_id: 'guest', timestamp: expect.any(String) as string },
      },
      expect.objectContaining({ type: 'message', seq: 3 }),
    ]);
  });

  it('gets its own client_left last, and nothing after it', async () => {
    await server.admin.createRoom({ id: 'leaving', members: ['stayer', 'leaver'] });
    const [stayer, leaver] = [await connect('stayer'), await connect('leaver')];
    await server.admin.publish('leaving', { content: 'goodbye' });
    await server.admin.removeMember('leaving', 'leaver');
    await server.admin.publish('leaving', { content: 'is it gone?' });
    await stayer.next('the last message', ({ data }) => data.content === 'is it gone?');
    await caughtUp(leaver);
    expect(framesOf(leaver, 'leaving').map(({ seq, type, data }) => [seq, type, data.event])).toEqual([
      [1, 'message', undefined],
      [2, 'room_update', 'client_left'],
    ]);
    expect(framesOf(stayer, 'leaving').map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('gets what follows when it joins again, beginning with that joining', async () => {
    await server.admin.createRoom({ id: 'again', members: ['returner'] });
    const returner = await connect('returner');
    await server.admin.removeMember('again', 'returner');
    await server.admin.publish('again', { content: 'missed' });
    await server.admin.addMember('again', 'returner');
    await server.admin.publish('again', { content: 'back' });
    await returner.next('the message after its return', ({ data }) => data.content === 'back');
    expect(framesOf(returner, 'again').map(({ seq }) => seq)).toEqual([1, 3, 4]);
  });

  it('is there from the beginning of a room that is made with it, without a client_joined', async () => {
    const founder = await connect('founder');
    await server.admin.createRoom({ id: 'founded', members: ['founder'] });
    await server.admin.publish('founded', { content: 'first' });
    await founder.next('the first message', ({ data }) => data.content === 'first');
    expect(framesOf(founder, 'founded').map(({ seq, type }) => [seq, type])).toEqual([[1, 'message']]);
  });

  it('is told which properties of its room changed', async () => {
    await server.admin.createRoom({ id: 'named', name: 'old', metadata: { colour: 'red' }, members: ['reader'] });
    const reader = await connect('reader');
    await server.admin.updateRoom('named', { name: 'new' });
    const update = await reader.next('the update', ({ type }) => type === 'room_update');
    expect(update.data).toEqual({ room_id: 'named', event: 'room_updated', changes: { name: 'new' }, timestamp: expect.any(String) as string });
  });

  it('is not told of silent changes, which take their number in the order', async () => {
    await server.admin.createRoom({ id: 'quiet', members: ['witness'] });
    const witness = await connect('witness');
    await server.admin.addMember('quiet', 'ghost', '?silent=true');
    await server.admin.publish('quiet', { content: 'boo' });
    await witness.next('the message', ({ type }) => type === 'message');
    expect(framesOf(witness, 'quiet').map(({ seq, type }) => [seq, type])).toEqual([[2, 'message']]);
  });
});

describe('a client that is away', () => {
  it('loses what waits from a room when it is removed, and nothing else', async () => {
    await server.admin.createRoom({ id: 'lost', members: ['absent'] });
    await server.admin.createRoom({ id: 'kept', members: ['absent'] });
    for (const room of ['lost', 'kept']) await server.admin.publish(room, { content: `from ${room}` });
    await server.admin.removeMember('lost', 'absent');
    expect((await server.admin.queue('absent')).body).toMatchObject({ size: 1, rooms: [{ room_id: 'kept', pending: 1 }] });
    const absent = await connect('absent');
    await caughtUp(absent);
    expect(framesOf(absent, 'kept')).toHaveLength(1);
    expect(framesOf(absent, 'lost')).toEqual([]);
  });

  it('gets what it missed of a room that was deleted, up to room_deleted', async () => {
    await server.admin.createRoom({ id: 'doomed', members: ['late'] });
    await server.admin.publish('doomed', { content: 'last words' });
    await server.admin.deleteRoom('doomed');
    const late = await connect('late');
    await late.next('the end of the room', ({ data }) => data.event === 'room_deleted');
    expect(framesOf(late, 'doomed').map(({ seq, type, data }) => [seq, type, data.event])).toEqual([
      [1, 'message', undefined],
      [2, 'room_update', 'room_deleted'],
    ]);
  });
});
