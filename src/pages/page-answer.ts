// Answers with the files of a page, under a strict content security policy.
import type { PageFile } from './built-page.js';

/**
 * The page runs its own scripts only, makes no markup of text (Trusted Types), talks to nobody but this server ('self' is
 * its WebSockets too: CSP Level 3 §6.7.2.8), and cannot be framed.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The document names its files, which have a name of their own in each build. */
const DOCUMENT_CACHING = 'no-cache';
const ASSET_CACHING = 'public, max-age=31536000, immutable';

/** The part of a Fastify or Express reply that is used here. */
export interface PageReply {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

/** The body of a page's document; `notBuilt`, with 503, when it is not there. */
export function answerDocument(reply: PageReply, file: PageFile | undefined, notBuilt: string): string {
  if (file === undefined) reply.status(503);
  return answer(reply, file ?? { contentType: 'text/plain; charset=utf-8', text: notBuilt }, DOCUMENT_CACHING);
}

/** The body of what a document loads. */
export function answerAsset(reply: PageReply, file: PageFile): string {
  return answer(reply, file, ASSET_CACHING);
}

function answer(reply: PageReply, { contentType, text }: PageFile, caching: string): string {
  for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
  reply.header('Cache-Control', caching);
  reply.header('Content-Type', contentType);
  return text;
}
