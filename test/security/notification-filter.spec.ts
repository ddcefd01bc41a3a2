// A team's own filter in the place of ours, in another Nest application that mounts the whole.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  ChatDeliveryModule,
  configureHttp,
  createHttpAdapter,
  DeliveryQueue,
  DeliveryWsAdapter,
  loadSettings,
  NotificationFilter,
} from '../../src/index.js';
import { Api } from '../support/api.js';
import { RecordingClient } from '../support/recording-client.js';
import { adminToken, JWT_SECRET, signToken } from '../support/tokens.js';

interface Notification {
  data: { content?: string; client_id?: string };
}

/** Members whose id begins with `child` are given no message with a bad word; the blocked client's id stands in the scope. */
const filter: NotificationFilter = {
  audienceOf({ clientId, scopes }) {
    if (scopes.has('no-audience')) throw new Error('nobody knows who this is');
    if (scopes.has('broken')) return { key: 'broken', receives: (_type, _log, notification) => (notification() as { absent: { field: boolean } }).absent.field };
    if (!clientId.startsWith('child')) return undefined;
    return { key: 'children', receives: (_type, _log, notification) => !((notification() as Notification).data.content ?? '').includes('bad') };
  },
};

let app: NestFastifyApplication;
let dataDir: string;
let admin: Api;
const port = () => (app.getHttpServer().address() as AddressInfo).port;
let room = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chatapi-filter-'));
  const settings = loadSettings({ DATA_DIR: dataDir, JWT_SECRET, DURABILITY: 'os', AUDIT: 'off', ACK_INTERVAL_MS: '50', ACK_SETTLE_MS: '100' });
  app = await NestFactory.create<NestFastifyApplication>(
    ChatDeliveryModule.forRoot({ ...settings, replace: [{ provide: NotificationFilter, useValue: filter }] }),
    createHttpAdapter({ maxPayloadBytes: settings.maxPayloadBytes }),
    { logger: false },
  );
  configureHttp(app);
  app.useWebSocketAdapter(new DeliveryWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  admin = new Api(`http://127.0.0.1:${port()}`, adminToken());
});
afterAll(async () => {
  await app.close();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  room++;
  await admin.createRoom({ id: `room-${room}`, members: ['child-1', 'child-2', 'adult'] });
});

async function connect(clientId: string, scope = ''): Promise<RecordingClient> {
  const client = await new RecordingClient({ port: port() }, clientId, { token: signToken({ sub: clientId, scope }) }).connect();
  onTestFinished(() => client.cut());
  await client.until('its first frame', () => client.frames.length > 0);
  return client;
}

const contents = (client: RecordingClient) => client.frames.filter(({ type, data }) => type === 'message' && data.room_id === `room-${room}`).map(({ data }) => data.content);

async function say(...messages: string[]): Promise<void> {
  for (const content of messages) await admin.publish(`room-${room}`, { content });
}

async function heard(client: RecordingClient, content: string): Promise<void> {
  await client.until(`to hear ${content}`, () => contents(client).includes(content));
}

describe('a filter of a team', () => {
  it('decides by what is in notifications, live and queued', async () => {
    await say('bad 0', 'good 0');
    const [child, other, adult] = [await connect('child-1'), await connect('child-2'), await connect('adult')];
    for (const client of [child, other, adult]) await heard(client, 'good 0');
    await say('good 1', 'bad 1', 'good 2');
    for (const client of [child, other, adult]) await heard(client, 'good 2');
    expect([child, other].map(contents)).toEqual(Array(2).fill(['good 0', 'good 1', 'good 2']));
    expect(contents(adult)).toEqual(['bad 0', 'good 0', 'good 1', 'bad 1', 'good 2']);
  });

  it('that fails at notifications leaves them out, and harms nobody else', async () => {
    const failedBefore = app.get(DeliveryQueue).counters.failedAudiences;
    const [broken, adult] = [await connect('child-1', 'broken'), await connect('adult')];
    await say('good 0', 'good 1');
    await heard(adult, 'good 1');
    expect((await broken.command('message', { room_id: `room-${room}`, content: 'still here' })).type).toBe('ack');
    await heard(adult, 'still here');
    expect(contents(broken)).toEqual([]);
    expect(app.get(DeliveryQueue).counters.failedAudiences).toBe(failedBefore + 1);
  });

  it('that does not know a client keeps it out, and closes it when its new token is not known', async () => {
    const unknown = await connect('child-1', 'no-audience');
    expect((await unknown.ending()).code).toBe(1013);
    const known = await connect('child-2');
    void known.command('token_refresh', { token: signToken({ sub: 'child-2', scope: 'no-audience' }) }).catch(() => undefined);
    expect((await known.ending()).code).toBe(1013);
    await say('good');
    for (const client of [unknown, known]) expect(contents(client)).toEqual([]);
  });
});
