// The routes of the controllers, as Nest will mount them: read from what their decorators left behind.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RequestMethod } from '@nestjs/common';
import { GUARDS_METADATA, HEADERS_METADATA, HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

/** Every route of the controllers below a directory. */
export async function readRoutes(directory) {
  const { BearerGuard, RequireScope } = await load(directory, 'auth/index.js');
  const { HttpThrottlerGuard } = await load(directory, 'limits/index.js');
  const { IdempotencyKey, Traceparent } = await load(directory, 'http/index.js');
  const known = { BearerGuard, RequireScope, HttpThrottlerGuard, headers: new Map([[factoryOf(IdempotencyKey), 'Idempotency-Key'], [factoryOf(Traceparent), 'traceparent']]) };
  const files = readdirSync(directory, { recursive: true }).filter((path) => path.endsWith('.controller.js')).sort();
  const modules = await Promise.all(files.map((file) => load(directory, file)));
  return modules.flatMap((module) => Object.values(module)).filter(isController).flatMap((controller) => routesOf(controller, known));
}

function load(directory, file) {
  return import(pathToFileURL(join(directory, file)).href);
}

function isController(value) {
  return typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value) && value.prototype !== undefined;
}

function routesOf(controller, known) {
  const names = Object.getOwnPropertyNames(controller.prototype).filter((name) => Reflect.hasMetadata(METHOD_METADATA, controller.prototype[name]));
  return names.map((name) => routeOf(controller, name, known));
}

function routeOf(controller, name, { BearerGuard, RequireScope, HttpThrottlerGuard, headers }) {
  const handler = controller.prototype[name];
  const guards = [controller, handler].flatMap((target) => Reflect.getMetadata(GUARDS_METADATA, target) ?? []);
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler)];
  const isGuarded = guards.some((guard) => guard === BearerGuard || guard.prototype instanceof BearerGuard);
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype, name) ?? [];
  const args = Object.entries(Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {});
  const found = args.map(([key, { index, data, pipes, factory }]) => ({ kind: kindOf(key), type: types[index], data, pipes, header: headers.get(factory) }));
  return {
    controller,
    name,
    method: method.toLowerCase(),
    path: pathOf(Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)),
    status: Reflect.getMetadata(HTTP_CODE_METADATA, handler) ?? (method === 'POST' ? 201 : 200),
    headers: Reflect.getMetadata(HEADERS_METADATA, handler) ?? [],
    needsToken: isGuarded,
    isApi: isGuarded && guards.includes(BearerGuard),
    scope: Reflect.getMetadata(RequireScope.KEY, handler) ?? Reflect.getMetadata(RequireScope.KEY, controller),
    isLimited: guards.includes(HttpThrottlerGuard),
    pathParameters: found.filter(({ kind }) => kind === RouteParamtypes.PARAM).map(({ data, pipes }) => ({ name: data, pipes })),
    headerParameters: [...found.filter(({ kind }) => kind === RouteParamtypes.HEADERS).map(({ data }) => data), ...found.flatMap(({ header }) => header ?? [])],
    query: found.find(({ kind, data }) => kind === RouteParamtypes.QUERY && data === undefined)?.type,
    body: found.find(({ kind }) => kind === RouteParamtypes.BODY)?.type,
  };
}

/** What a parameter is taken from, by its key: `kind:index`. That of a custom decorator begins with a random id instead, which may begin with digits. */
function kindOf(key) {
  return /^\d+:\d+$/.test(key) ? Number.parseInt(key) : undefined;
}

/** As OpenAPI writes it: `/rooms/{room_id}`. */
function pathOf(...parts) {
  const joined = parts.map((part) => part.replace(/^\/+|\/+$/g, '')).filter((part) => part !== '');
  return `/${joined.join('/').replace(/:(\w+)/g, '{$1}')}`;
}

/** What makes a custom decorator's value, which tells whose parameter it is. */
function factoryOf(decorator) {
  class Probe {
    method() {}
  }
  decorator()(Probe.prototype, 'method', 0);
  const [{ factory }] = Object.values(Reflect.getMetadata(ROUTE_ARGS_METADATA, Probe, 'method'));
  return factory;
}
