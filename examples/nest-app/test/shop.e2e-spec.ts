// The shop from outside: HTTP as its web site would call it, and the WebSocket that a customer has open.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtService } from '@nestjs/jwt';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createApp } from '../src/create-app.js';

const SECRET = 'a-secret-of-the-tests-that-is-long-enough';

let app: NestFastifyApplication;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shop-'));
  Object.assign(process.env, { SHOP_SECRET: SECRET, SHOP_DATA_DIR: dataDir });
  app = await createApp();
  await app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await app.close();
  await rm(dataDir, { recursive: true });
});

function token(clientId: string, scope = ''): string {
  return new JwtService().sign({ sub: clientId, scope }, { secret: SECRET, expiresIn: '1h' });
}

/** Somebody who asks the shop over HTTP. */
function as(clientId: string, scope?: string) {
  const agent = request.agent(app.getHttpServer());
  return agent.auth(token(clientId, scope), { type: 'bearer' });
}

interface Notification {
  type: string;
  data: Record<string, unknown>;
}

/** A customer's WebSocket, and the notifications that come on it; missing ones are waited for. */
async function connect(clientId: string) {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?token=${token(clientId)}`);
  onTestFinished(() => socket.terminate());
  const notifications: Notification[] = [];
  socket.on('message', (data: Buffer) => notifications.push(JSON.parse(data.toString()) as Notification));
  await once(socket, 'open');
  return {
    async next(): Promise<Notification> {
      while (notifications.length === 0) await once(socket, 'message');
      return notifications.shift()!;
    },
    async close(): Promise<void> {
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function place(customer: string): Promise<string> {
  const { body } = await as(customer).post('/orders').send({ item: 'a lamp' }).expect(201);
  return (body as { id: string }).id;
}

describe('the shop', () => {
  it('tells a connected customer at once what becomes of an order', async () => {
    const id = await place('alice');
    const alice = await connect('alice');
    await as('sam', 'staff').patch(`/orders/${id}`).send({ status: 'shipped' }).expect(200);
    expect(await alice.next()).toMatchObject({ type: 'order.status', data: { order_id: id, status: 'shipped' } });
  });

  it('tells one who was away when she comes back, in order', async () => {
    const id = await place('berta');
    await as('sam', 'staff').patch(`/orders/${id}`).send({ status: 'shipped' }).expect(200);
    await as('sam', 'staff').patch(`/orders/${id}`).send({ status: 'delivered' }).expect(200);
    const berta = await connect('berta');
    expect([(await berta.next()).data.status, (await berta.next()).data.status]).toEqual(['shipped', 'delivered']);
  });

  it('lets the staff read the room of any order, and nobody else but its customer', async () => {
    const id = await place('carol');
    await as('sam', 'staff').get(`/api/v1/rooms/${id}`).expect(200);
    await as('carol').get(`/api/v1/rooms/${id}`).expect(200);
    await as('mallory').get(`/api/v1/rooms/${id}`).expect(404);
    await as('carol').patch(`/orders/${id}`).send({ status: 'delivered' }).expect(403);
  });

  it('keeps records of its own of who came and went', async () => {
    const dora = await connect('dora');
    await expect.poll(() => online()).toContain('dora');
    await dora.close();
    await expect.poll(() => online()).not.toContain('dora');
    const { body } = await request(app.getHttpServer()).get('/records/dora').expect(200);
    expect((body as { action: string }[]).map(({ action }) => action)).toEqual(['connected', 'disconnected']);
  });

  it('has no console, and its own routes need a token', async () => {
    await request(app.getHttpServer()).get('/console').expect(404);
    await request(app.getHttpServer()).post('/orders').send({ item: 'a lamp' }).expect(401);
  });
});

async function online(): Promise<string[]> {
  const { body } = await request(app.getHttpServer()).get('/customers/online').expect(200);
  return body as string[];
}
