// The module in an application that has a prefix, pipes, guards, interceptors and routes of its own.
import { type CanActivate, Controller, type ExecutionContext, ForbiddenException, Get, Injectable, Module, type NestInterceptor, Post, UseGuards, UseFilters, ValidationPipe } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { map } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BearerGuard, ChatDeliveryModule, ChatErrorFilter, DeliveryWsAdapter, isDeliveryRoute } from '../../../src/index.js';
import { MountedApp, mountedSettings } from '../../support/mounted-app.js';
import { adminToken } from '../../support/tokens.js';

/** Nobody gets past it, but to what is not its business, whatever kind of request that is. */
@Injectable()
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isDeliveryRoute(context)) return true;
    return context.switchToHttp().getRequest<{ headers: { session?: string } }>().headers.session === 'open';
  }
}

const wrapped: NestInterceptor = {
  intercept: (context, next) => (isDeliveryRoute(context) ? next.handle() : next.handle().pipe(map((data: unknown) => ({ wrapped: data })))),
};

@Controller('api/v1/orders')
class OrdersController {
  @Get()
  list(): string[] {
    return ['lamp'];
  }

  @Post()
  @UseGuards(BearerGuard)
  @UseFilters(ChatErrorFilter)
  place(): void {
    throw new ForbiddenException('the shop is closed');
  }
}

@Module({ controllers: [OrdersController], providers: [{ provide: APP_GUARD, useClass: SessionGuard }] })
class ShopModule {}

let mounted: MountedApp;

beforeAll(async () => {
  const settings = await mountedSettings();
  mounted = await MountedApp.start(
    { imports: [ChatDeliveryModule.forRoot({ ...settings, isGlobal: true }), ShopModule] },
    {
      dataDir: settings.dataDir,
      configure: (app) => {
        app.setGlobalPrefix('shop');
        app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
        app.useGlobalInterceptors(wrapped);
        app.useWebSocketAdapter(new DeliveryWsAdapter(app));
      },
    },
  );
});
afterAll(() => mounted.stop());

const own = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`http://127.0.0.1:${mounted.port}${path}`, init);

describe('in an application with its own prefix, pipes, guards and interceptors', () => {
  it('the API is below the prefix and answers as ever, and /ws is where it was', async () => {
    const admin = mounted.api(undefined, '/shop');
    expect((await admin.createRoom({ id: 'r', members: ['alice'], metadata: { any: { thing: 1 } } })).status).toBe(201);
    const alice = await mounted.connect('alice');
    onTestFinished(() => alice.cut());
    const { status, body } = await admin.publish('r', { content: 'hello', metadata: { any: ['thing'] } });
    expect({ status, body }).toMatchObject({ status: 201, body: { seq: 1, content: 'hello', room_id: 'r' } });
    await alice.until('the message', () => alice.frames.some(({ type }) => type === 'message'));
    expect(await alice.command('message', { room_id: 'r', content: 'hello too' })).toMatchObject({ type: 'ack', data: { seq: 2 } });
    expect((await admin.room('r')).body).toMatchObject({ id: 'r', last_seq: 2 });
    expect((await mounted.get('/api/v1/rooms/r')).status).toBe(404);
  });

  it('asks for the token before the body is read, below the prefix too', async () => {
    const answer = await own('/shop/api/v1/rooms', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'not json' });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('input that is not valid is a problem, whichever pipe finds it', async () => {
    const answer = await mounted.api(undefined, '/shop').request<{ code: string }>('POST', '/rooms/r/messages', { content: 5 });
    expect({ status: answer.status, code: answer.body.code, type: answer.headers.get('content-type') }).toEqual({
      status: 400,
      code: 'VALIDATION_ERROR',
      type: 'application/problem+json; charset=utf-8',
    });
  });

  it('takes no part in its routes, even below api/v1', async () => {
    const open = await own('/shop/api/v1/orders', { headers: { session: 'open' } });
    expect({ status: open.status, body: await open.json() }).toEqual({ status: 200, body: { wrapped: ['lamp'] } });
    const closed = await own('/shop/api/v1/orders');
    expect({ status: closed.status, body: await closed.json() }).toMatchObject({ status: 403, body: { message: 'Forbidden resource' } });
  });

  it('guards its routes where it is asked to, and answers for its own errors alone', async () => {
    const headers = { session: 'open' };
    const stranger = await own('/shop/api/v1/orders', { method: 'POST', headers });
    expect({ status: stranger.status, body: await stranger.json() }).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    const known = await own('/shop/api/v1/orders', { method: 'POST', headers: { ...headers, authorization: `Bearer ${adminToken()}` } });
    expect({ status: known.status, body: await known.json() }).toMatchObject({ status: 403, body: { message: 'the shop is closed' } });
  });
});
