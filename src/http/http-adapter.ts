// Makes the Fastify adapter that the API is served with.
import { type ServerResponse } from 'node:http';
import { NotFoundException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Settings } from '../config/index.js';
import { maxBodyBytes } from './body-limits.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problem.js';
import { cutUnlessSent } from './unread-body.js';

/** Longer path parameters never reach a route. Ids have 128 characters, and what is no id gets its route's own answer. */
const MAX_PARAM_LENGTH = 1024;

const PAYLOAD_TOO_LARGE = 413;

/** The longest that the arrival of one request may take. */
const REQUEST_TIMEOUT_MS = 30_000;

/** How often requests are looked at that take too long: so much longer they may take, ms. */
const TIMEOUT_CHECK_MS = 500;

/**
 * How long what is under way may take when the server closes, ms. Sockets on which no whole request has come yet, such as browsers and load balancers open ahead, are among it: Node does not
 * take them for idle, and no longer looks for slow ones then.
 */
const CLOSE_GRACE_MS = 2_000;

/**
 * What a socket may have in its buffer before it is to drain. Node's 16 KiB are less than one write of fan-out, after each of which it would
 * tell that the socket has drained at once: that costs more than what is written.
 */
const HIGH_WATER_MARK_BYTES = 256 * 1024;

export interface HttpAdapterOptions {
  /** MAX_PAYLOAD_BYTES: the limit of request bodies leaves room for one message of it. @defaultValue that of the setting */
  maxPayloadBytes?: number;
  /** TRUST_PROXY: see `trustedProxies`. */
  trustProxy?: (address: string, hop: number) => boolean;
  /** HANDSHAKE_TIMEOUT_SECONDS, in milliseconds: how long the head of a request may take to arrive. */
  headTimeoutMs?: number;
  /** SEND_BUFFER_MAX_BYTES: a socket with so much in its buffer has to drain, and says when it has. */
  sendBufferMaxBytes?: number;
}

/** What a route may say in `@RouteConfig()` about its body. */
interface BodyLimitConfig {
  bodyLimitBytes?: number;
}

/**
 * A Fastify adapter with the limits of this server. A route raises its own body limit with
 * `@RouteConfig({ bodyLimitBytes })`.
 *
 * @publicApi
 */
export function createHttpAdapter({
  maxPayloadBytes = new Settings().maxPayloadBytes,
  trustProxy,
  headTimeoutMs = 10_000,
  sendBufferMaxBytes = HIGH_WATER_MARK_BYTES,
}: HttpAdapterOptions = {}): FastifyAdapter {
  const bodyLimit = maxBodyBytes(maxPayloadBytes);
  const adapter = new FastifyAdapter({
    bodyLimit,
    trustProxy: trustProxy ?? false,
    requestTimeout: Math.max(REQUEST_TIMEOUT_MS, headTimeoutMs),
    http: {
      headersTimeout: headTimeoutMs,
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, headTimeoutMs),
      highWaterMark: Math.min(HIGH_WATER_MARK_BYTES, sendBufferMaxBytes),
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A path that the router cannot read meets neither Nest's filters nor its not-found handler.
    frameworkErrors: (error: Error, _request: unknown, reply: { hijack(): unknown; raw: ServerResponse }) => {
      const problem = toProblem(error);
      reply.hijack();
      reply.raw.writeHead(problem.status, { 'Content-Type': PROBLEM_CONTENT_TYPE }).end(JSON.stringify(problem));
    },
  });
  // Nest has no decorator for Fastify's bodyLimit, but passes a route's configuration on.
  adapter.getInstance().addHook('onRoute', (route) => {
    const { bodyLimitBytes } = (route.config ?? {}) as BodyLimitConfig;
    if (bodyLimitBytes !== undefined) route.bodyLimit = Math.max(bodyLimitBytes, bodyLimit);
  });
  // Fastify would close the connection at once, and the answer would be lost with it.
  adapter.getInstance().addHook('onSend', async (request, reply) => {
    if (reply.statusCode !== PAYLOAD_TOO_LARGE || request.raw.complete) return;
    reply.removeHeader('connection');
    cutUnlessSent(request.raw, reply.raw);
  });
  adapter.getInstance().addHook('preClose', (done) => {
    const { server } = adapter.getInstance();
    setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS).unref();
    done();
  });
  // Fastify would read and parse the body first, and only then find that nothing is there.
  adapter.getInstance().addHook('preParsing', async (request, reply) => {
    if (!request.is404) return;
    cutUnlessSent(request.raw, reply.raw);
    throw new NotFoundException();
  });
  return adapter;
}
