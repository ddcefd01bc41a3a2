// Errors of every origin, as a small application answers them.
import { Body, Controller, Get, Global, Logger, Module, Post } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RevocationList, TokenVerifier } from '../auth/index.js';
import { EventsModule } from '../events/index.js';
import { ChatError } from '../protocol/index.js';
import { configureHttp } from './configure-http.js';
import { createHttpAdapter } from './http-adapter.js';
import { HttpModule } from './http.module.js';

@Controller()
class FailingController {
  @Get('foreseen')
  fail(): never {
    throw new ChatError('ROOM_NOT_FOUND', 'No such room', { errors: { room_id: ['unknown'] } });
  }

  @Get('unforeseen')
  crash(): never {
    throw new Error('a secret of the server');
  }

  @Get('unauthenticated')
  refuse(): never {
    throw new ChatError('UNAUTHENTICATED');
  }

  @Get('rooms/:room_id')
  find(): string {
    return 'found';
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

/** None of these routes asks for a token. */
@Global()
@Module({ providers: [{ provide: TokenVerifier, useValue: {} }], exports: [TokenVerifier] })
class UnaskedVerifierModule {}

describe('ProblemFilter', () => {
  let app: NestFastifyApplication;
  const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [UnaskedVerifierModule, EventsModule, HttpModule], controllers: [FailingController] })
      .overrideProvider(RevocationList)
      .useValue({})
      .compile();
    app = module.createNestApplication<NestFastifyApplication>(createHttpAdapter({ maxPayloadBytes: 65_536 }), { logger: false });
    configureHttp(app);
    await app.init();
  });
  afterAll(() => app.close());

  async function problemOf(request: { method?: 'GET' | 'POST'; url: string; type?: string; body?: string }) {
    const { method = 'GET', url, type, body } = request;
    const response = await app.inject({ method, url, ...(type !== undefined && { headers: { 'content-type': type } }), ...(body !== undefined && { payload: body }) });
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = response.json<Record<string, unknown>>();
    expect(problem).toMatchObject({ type: 'about:blank', title: expect.any(String), status: response.statusCode, detail: expect.any(String) });
    return { ...problem, text: response.body, headers: response.headers };
  }

  it('answers a ChatError with its status, code, detail and further members', async () => {
    expect(await problemOf({ url: '/foreseen' })).toMatchObject({ status: 404, code: 'ROOM_NOT_FOUND', detail: 'No such room', errors: { room_id: ['unknown'] } });
  });

  it('logs an error that nobody foresaw and tells nothing of it', async () => {
    logged.mockClear();
    const problem = await problemOf({ url: '/unforeseen' });
    expect(problem).toMatchObject({ status: 500, code: 'SERVER_ERROR' });
    expect(problem.text).not.toContain('secret');
    expect(logged).toHaveBeenCalledOnce();
    expect(logged.mock.calls[0]?.[0]).toContain('a secret of the server');
  });

  it('names the scheme that a 401 asks for', async () => {
    expect((await problemOf({ url: '/unauthenticated' })).headers['www-authenticate']).toBe('Bearer');
  });

  it('answers an unknown path without repeating it', async () => {
    const problem = await problemOf({ url: '/nowhere?token=secret' });
    expect(problem).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(problem.text).not.toMatch(/nowhere|secret/);
  });

  it.each([
    ['a body that is no JSON', 'application/json', '{"secret":', 400, 'VALIDATION_ERROR'],
    ['an empty body of JSON', 'application/json', '', 400, 'VALIDATION_ERROR'],
    ['a body with a key that reaches a prototype', 'application/json', '{"__proto__":{"secret":1}}', 400, 'VALIDATION_ERROR'],
    ['a content type that nobody reads', 'application/xml', '<secret/>', 415, 'VALIDATION_ERROR'],
    ['a body of more than 1 MiB', 'application/json', JSON.stringify('secret'.repeat(200_000)), 413, 'PAYLOAD_TOO_LARGE'],
  ])('answers %s without repeating it', async (_what, type, body, status, code) => {
    const problem = await problemOf({ method: 'POST', url: '/echo', type, body });
    expect(problem).toMatchObject({ status, code });
    expect(problem.text).not.toContain('secret');
  });

  it('answers a path that cannot be decoded without repeating it', async () => {
    const problem = await problemOf({ url: '/rooms/%E0%A4%A?token=secret' });
    expect(problem).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(problem.text).not.toMatch(/secret|%E0/);
  });

  it('lets ids of 128 characters through to their route, and longer ones too', async () => {
    for (const length of [128, 1024]) expect((await app.inject(`/rooms/${'x'.repeat(length)}`)).body).toBe('found');
  });
});
