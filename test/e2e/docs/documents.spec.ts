// GET /docs/openapi.json and /docs/asyncapi.json as documents: valid, whole, true to the routes and frames that there are, and off where that is wanted.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ChatDeliveryModule, CloseCode, DeliveryWsAdapter, ERROR_CODES, RESERVED_TYPES } from '../../../src/index.js';
import { WEBHOOK_TYPES } from '../../../src/config/index.js';
import { MountedApp, mountedSettings } from '../../support/mounted-app.js';
import { type OpenApiDocument, OpenApiJudge, segment } from '../../support/openapi-judge.js';
import { PROJECT_ROOT, ServerProcess } from '../../support/server-process.js';

const require = createRequire(import.meta.url);
const { Validator } = require('@seriousme/openapi-schema-validator') as {
  Validator: new () => { version: string; validate(document: object): Promise<{ valid: boolean; errors?: unknown }> };
};
const { Parser } = require('@asyncapi/parser') as {
  Parser: new () => { parse(text: string): Promise<{ document?: { version(): string }; diagnostics: { code: string; severity: number; message: string }[] }> };
};

/** Of a diagnostic of the AsyncAPI parser. */
const WARNING = 1;

/** What is used of an AsyncAPI document. */
interface AsyncApiDocument {
  channels: { ws: { messages: Record<string, object>; 'x-error-codes': Record<string, string>; 'x-close-codes': Record<string, { meaning: string }> } };
  operations: Record<string, { action: string; messages: object[] }>;
  components: { messages: Record<string, { payload: { properties: { type: { const?: string } } } }> };
}

const server = new ServerProcess();
let judge: OpenApiJudge;
let openApiText: string;
let asyncApiText: string;

beforeAll(async () => {
  await server.start();
  openApiText = await (await fetch(`${server.origin}/docs/openapi.json`)).text();
  asyncApiText = await (await fetch(`${server.origin}/docs/asyncapi.json`)).text();
  judge = new OpenApiJudge(JSON.parse(openApiText) as OpenApiDocument);
});
afterAll(() => server.destroy());

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(openApiText) as object);
    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.1' });
  });

  it('has every route that the application has, and no other', async () => {
    const routes: string[] = [];
    const settings = await mountedSettings();
    const mounted = await MountedApp.start(
      { imports: [ChatDeliveryModule.forRoot(settings)] },
      {
        dataDir: settings.dataDir,
        configure: (app) => {
          app.getHttpAdapter().getInstance().addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((name) => `${name} ${url}`)));
          app.useWebSocketAdapter(new DeliveryWsAdapter(app));
        },
      },
    );
    onTestFinished(() => mounted.stop());
    const documented = judge.operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
    // Fastify answers HEAD wherever it answers GET.
    expect(documented.sort()).toEqual(routes.filter((route) => !route.startsWith('HEAD ')).sort());
    expect(documented.length).toBeGreaterThan(30);
  });

  it('says of every operation what it does, under an id of its own, and of its group what it is about', () => {
    const ids = judge.operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(judge.operations.filter(({ operation: { summary, tags } }) => summary === '' || tags.length !== 1).map(({ path }) => path)).toEqual([]);
    expect(judge.document.tags.filter(({ description }) => description === '')).toEqual([]);
  });

  it('has every webhook that there is', () => {
    expect(Object.keys(judge.document.webhooks)).toEqual([...WEBHOOK_TYPES]);
  });

  it('asks for a token wherever the API does, and names every error code of the table', () => {
    const open = judge.operations.filter(({ method, operation }) => operation.security === undefined && method !== 'options').map(({ path }) => path.split('/')[1]);
    expect([...new Set(open)].sort()).toEqual(['console', 'docs', 'livez', 'readyz', 'ws']);
    const told = Object.entries(ERROR_CODES).filter(([, entry]) => !('toldAs' in entry)).map(([code]) => code);
    expect(judge.document.components.schemas.Problem.properties?.code.enum ?? (judge.document.components.schemas.ToldErrorCode as { enum?: string[] }).enum).toEqual(told);
  });

  it('has examples that are as its schemas say', () => {
    const faults: Record<string, string[]> = {};
    const look = (place: string, { schema, example, examples }: { schema?: object; example?: unknown; examples?: Record<string, { value: unknown }> }): void => {
      if (schema === undefined) return;
      const values = [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map(({ value }) => value)];
      for (const value of values) faults[place] = [...(faults[place] ?? []), ...judge.faults(`${place}/schema`, value)];
    };
    for (const { method, path, operation } of judge.operations) {
      const place = `#/paths/${segment(path)}/${method}`;
      for (const [media, content] of Object.entries(operation.requestBody?.content ?? {})) look(`${place}/requestBody/content/${segment(media)}`, content);
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const [media, one] of Object.entries(content)) look(`${place}/responses/${status}/content/${segment(media)}`, one);
      }
      (operation.parameters ?? []).forEach((parameter, i) => look(`${place}/parameters/${i}`, parameter as object));
    }
    for (const [type, { post }] of Object.entries(judge.document.webhooks)) {
      for (const [media, one] of Object.entries(post.requestBody.content)) look(`#/webhooks/${segment(type)}/post/requestBody/content/${segment(media)}`, one);
    }
    for (const [name, response] of Object.entries(judge.document.components.responses)) {
      for (const [media, one] of Object.entries(response.content ?? {})) look(`#/components/responses/${segment(name)}/content/${segment(media)}`, one);
    }
    for (const [name, { examples = [] }] of Object.entries(judge.document.components.schemas)) {
      for (const example of examples) faults[name] = [...(faults[name] ?? []), ...judge.faults(`#/components/schemas/${name}`, example)];
    }
    expect(Object.keys(faults).length).toBeGreaterThan(80);
    expect(Object.entries(faults).filter(([, found]) => found.length > 0)).toEqual([]);
  });
});

describe('the AsyncAPI document', () => {
  it('is AsyncAPI 3.0', async () => {
    const { document, diagnostics } = await new Parser().parse(asyncApiText);
    expect(diagnostics.filter(({ severity }) => severity <= WARNING)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
  });

  it('has every type of frame that the protocol reserves, and custom notifications', () => {
    const { channels, components, operations } = JSON.parse(asyncApiText) as AsyncApiDocument;
    const types = Object.values(components.messages).map(({ payload }) => payload.properties.type.const);
    expect([...new Set(types)].sort()).toEqual([...RESERVED_TYPES, undefined].sort());
    expect(Object.keys(channels.ws.messages)).toEqual(Object.keys(components.messages));
    const { notification, control, command, stream } = operations;
    expect([notification.action, control.action, command.action, stream.action]).toEqual(['send', 'send', 'receive', 'send']);
    expect(stream.messages).toHaveLength(notification.messages.length);
    expect([notification, control, command].flatMap(({ messages }) => messages)).toHaveLength(Object.keys(components.messages).length);
  });

  it('has every close code, with what it means', () => {
    const { 'x-close-codes': codes } = (JSON.parse(asyncApiText) as AsyncApiDocument).channels.ws;
    expect(Object.keys(codes).map(Number).sort()).toEqual(Object.values(CloseCode).sort());
    expect(Object.values(codes).filter(({ meaning }) => meaning === '')).toEqual([]);
  });
});

describe('where they are served', () => {
  it('they are JSON that is asked for again', async () => {
    for (const name of ['openapi.json', 'asyncapi.json']) {
      const { headers } = await fetch(`${server.origin}/docs/${name}`);
      expect({ type: headers.get('content-type'), caching: headers.get('cache-control') }).toEqual({ type: 'application/json; charset=utf-8', caching: 'no-cache' });
    }
  });

  it('not with DOCS=off', async () => {
    const quiet = await new ServerProcess({ DOCS: 'off' }).start();
    onTestFinished(() => quiet.destroy());
    for (const path of ['', '/openapi.json', '/asyncapi.json', '/index.js']) {
      const answer = await fetch(`${quiet.origin}/docs${path}`);
      expect({ path, status: answer.status, body: await answer.json() }).toMatchObject({ path, status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  it('they leave out what an application leaves out, and stand below its prefix', async () => {
    // The documents are in the build; beside the sources there are none.
    const built = (await import(join(PROJECT_ROOT, 'dist', 'index.js'))) as { ChatDeliveryModule: typeof ChatDeliveryModule; DeliveryWsAdapter: typeof DeliveryWsAdapter };
    const settings = await mountedSettings();
    const mounted = await MountedApp.start(
      { imports: [built.ChatDeliveryModule.forRoot({ ...settings, without: ['admin', 'metrics', 'webhooks'] })] },
      {
        dataDir: settings.dataDir,
        configure: (app) => {
          app.setGlobalPrefix('shop');
          app.useWebSocketAdapter(new built.DeliveryWsAdapter(app));
        },
      },
    );
    onTestFinished(() => mounted.stop());
    const { servers, tags, paths, webhooks } = (await (await mounted.get('/shop/docs/openapi.json?any=thing')).json()) as OpenApiDocument;
    expect(servers).toEqual([{ url: '/shop' }]);
    expect(tags.map(({ name }) => name)).toEqual(['Rooms', 'Members', 'Messages', 'Publish', 'Clients', 'Acknowledgements', 'Event streams', 'Health', 'Console', 'Docs']);
    expect(Object.keys(paths).filter((path) => /bans|metrics|stats|audit|tokens|connections/.test(path))).toEqual([]);
    expect(Object.keys(paths)).toContain('/api/v1/rooms/{room_id}');
    expect(webhooks).toEqual({});
  });
});
