// Serves the requests that come most often without Fastify and Nest in between, which cost more than what they lead to.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type INestApplication, Inject, Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authenticator, type Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { BanList, RateLimits } from '../limits/index.js';
import { isIdentifier, traceparentOf } from '../protocol/index.js';
import { API_PREFIX } from './api-controller.decorator.js';
import { maxBodyBytes } from './body-limits.js';
import { readBody, tokenOfPlain } from './direct-request.js';
import { idempotencyKeyOf } from './idempotency-key.decorator.js';
import { ProblemFilter } from './problem.filter.js';
import { problemHeaders } from './problem.js';
import { validated } from './validated.js';

/** A route that publishes one notification: `POST /api/v1<prefix><id><suffix>`. */
export interface DirectRoute<T extends object> {
  readonly prefix: string;
  readonly suffix: string;
  /** The class of its body. */
  readonly body: new () => T;
  /** What the controller does with it, answered with 201. */
  readonly handle: (principal: Principal, id: string, body: T, idempotencyKey: string | undefined, traceparent: string | undefined) => Promise<object>;
}

const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

type Headers = Record<string, string | number>;
type JsonParser = (request: unknown, body: Buffer, done: (error: Error | null, value?: unknown) => void) => void;

/**
 * The short way of a plain request to a route that is on it: the same rights, limits, rules and answers as on the long way, which takes
 * everything else: unusual requests, tokens that are not known yet, banned clients, a server that is closing.
 */
@Injectable()
export class DirectRoutes {
  private readonly routes: DirectRoute<object>[] = [];
  private readonly maxBytes: number;
  private parseJson: JsonParser | undefined;

  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    private readonly bans: BanList,
    private readonly limits: RateLimits,
    @Inject(ProblemFilter) private readonly problems: ProblemFilter,
    @Inject(Settings) { maxPayloadBytes }: Settings,
  ) {
    this.maxBytes = maxBodyBytes(maxPayloadBytes);
  }

  add<T extends object>({ prefix, suffix, ...route }: DirectRoute<T>): void {
    this.routes.push({ ...route, prefix: `/${API_PREFIX}${prefix}`, suffix } as unknown as DirectRoute<object>);
  }

  /** From now on the server of an application takes the short way first. Whatever the application puts into Nest's or Fastify's way is not on it. */
  serve(app: INestApplication): void {
    const fastify = (app as NestFastifyApplication).getHttpAdapter().getInstance();
    const server = (app as NestFastifyApplication).getHttpServer();
    this.parseJson = fastify.getDefaultJsonParser('error', 'error') as unknown as JsonParser;
    fastify.addHook('preClose', (done) => {
      this.parseJson = undefined;
      done();
    });
    const long = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      if (!this.take(request, response)) for (const listener of long) listener.call(server, request, response);
    });
  }

  /** Whether the request is taken. */
  private take(request: IncomingMessage, response: ServerResponse): boolean {
    const { parseJson } = this;
    if (parseJson === undefined || request.method !== 'POST') return false;
    const { url = '' } = request;
    for (const route of this.routes) {
      const { prefix, suffix } = route;
      if (!url.startsWith(prefix) || !url.endsWith(suffix)) continue;
      const id = url.slice(prefix.length, -suffix.length);
      const principal = isIdentifier(id) ? this.principalOf(request) : undefined;
      if (principal === undefined) return false;
      readBody(request, (bytes) => {
        parseJson(request, bytes, (error, value) => void this.answer(route, { principal, id, request, response, body: error ?? value }));
      });
      return true;
    }
    return false;
  }

  /** Who sends a plain request and may be served at once. */
  private principalOf(request: IncomingMessage): Principal | undefined {
    const token = tokenOfPlain(request, this.maxBytes);
    const principal = token === undefined ? undefined : this.authenticator.known(token);
    return principal === undefined || this.bans.find(principal.tenant, principal.clientId) !== undefined ? undefined : principal;
  }

  private async answer(route: DirectRoute<object>, { principal, id, request, response, body }: Arrived): Promise<void> {
    let headers: Headers = {};
    try {
      if (body instanceof Error) throw body;
      headers = await this.limits.admit(principal);
      const valid = validated(route.body, body ?? {});
      const answer = await route.handle(principal, id, valid, idempotencyKeyOf(request.headers), traceparentOf(request.headers.traceparent));
      headers['Content-Type'] = JSON_CONTENT_TYPE;
      send(response, 201, headers, JSON.stringify(answer));
    } catch (error) {
      const problem = this.problems.problemOf(error);
      send(response, problem.status, { ...headers, ...problemHeaders(problem) }, JSON.stringify(problem));
    }
  }
}

/** A request whose body is there: parsed, or the error for one that cannot be. */
interface Arrived {
  readonly principal: Principal;
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: unknown;
}

function send(response: ServerResponse, status: number, headers: Headers, text: string): void {
  headers['Content-Length'] = Buffer.byteLength(text);
  response.writeHead(status, headers).end(text);
}
