// Requests that are plain enough to be served without a framework: one bearer token, a JSON body of known length.
import type { IncomingMessage } from 'node:http';
import { bearerTokens } from '../auth/index.js';

/** What a body may call itself: with parameters or in another spelling it is left to the framework. */
const JSON_TYPES: ReadonlySet<string | undefined> = new Set(['application/json', 'application/json; charset=utf-8']);

const CONTENT_LENGTH = /^[1-9]\d{0,8}$/;

/** The token of a plain request whose body takes at most `maxBytes`; undefined for any other request. */
export function tokenOfPlain({ headers, rawHeaders }: IncomingMessage, maxBytes: number): string | undefined {
  const { authorization, 'content-type': type, 'content-length': length = '', 'transfer-encoding': transferEncoding } = headers;
  if (authorization === undefined || transferEncoding !== undefined || !JSON_TYPES.has(type)) return undefined;
  if (!CONTENT_LENGTH.test(length) || Number(length) > maxBytes || isRepeated(rawHeaders, 'authorization')) return undefined;
  const [token] = bearerTokens(authorization);
  return token;
}

/** `headers` hold the first of two lines, and whoever stands before this server may have looked at the second. */
function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let lines = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const line = rawHeaders[i];
    if (line.length === name.length && line.toLowerCase() === name) lines++;
  }
  return lines > 1;
}

/** Hands over the whole body of a request; never, when it is broken off. */
export function readBody(request: IncomingMessage, whole: (body: Buffer) => void): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  request.on('data', (chunk: Buffer) => {
    if (first === undefined) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  request.on('end', () => {
    if (first !== undefined) whole(chunks === undefined ? first : Buffer.concat(chunks));
  });
}
