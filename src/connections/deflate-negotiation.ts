// Which offer of permessage-deflate is accepted (RFC 7692 §5.1, §7.1), and with which answer.
import type { IncomingHttpHeaders } from 'node:http';
import * as webSocketLibrary from 'ws';

/** What is agreed on. Names and values are those of the header. */
export interface DeflateParameters {
  /** Each message of the server is compressed alone: so all who receive it may be given the same bytes. */
  server_no_context_takeover: true;
  /** And each of the client's: so nothing is kept for connections that send nothing. */
  client_no_context_takeover: true;
  /** Said only to those who ask for it. */
  server_max_window_bits?: number;
}

/** The parameters of an offer, each with the values it has in order; true where it has none. */
type Offer = Readonly<Record<string, readonly (string | true)[]>>;

const EXTENSION = 'permessage-deflate';

/** A window that is smaller than the largest does not hold the bytes that are shared by all. */
const WINDOW_BITS = '15';

/** 8 to 15, without a zero in front. */
const WINDOW_BITS_PATTERN = /^(?:[89]|1[0-5])$/;

/** The library's types do not know it. */
const { parse } = (webSocketLibrary as unknown as { extension: { parse: (header: string) => Readonly<Record<string, readonly Offer[]>> } }).extension;

/** Whether the extensions that a client offers can be read at all: if not, the handshake fails (RFC 6455 §9.1). */
export function offersAreReadable(headers: IncomingHttpHeaders): boolean {
  const header = headers['sec-websocket-extensions'];
  try {
    if (header !== undefined) parse(header);
    return true;
  } catch {
    return false;
  }
}

/**
 * The answer to the first offer that can be accepted; undefined when there is none: then the connection goes without (RFC 7692 §5.1).
 * Expects offers that are readable.
 */
export function negotiateDeflate(headers: IncomingHttpHeaders): DeflateParameters | undefined {
  const header = headers['sec-websocket-extensions'];
  const offer = header === undefined ? undefined : parse(header)[EXTENSION]?.find(isAcceptable);
  if (offer === undefined) return undefined;
  const answer: DeflateParameters = { server_no_context_takeover: true, client_no_context_takeover: true };
  if (offer.server_max_window_bits !== undefined) answer.server_max_window_bits = Number(WINDOW_BITS);
  return answer;
}

/** Every parameter is known, stands there once, and has a value that the server can keep to. */
function isAcceptable(offer: Offer): boolean {
  return Object.entries(offer).every(([name, [value, ...more]]) => more.length === 0 && isAcceptableParameter(name, value));
}

function isAcceptableParameter(name: string, value: string | true): boolean {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === true;
    case 'server_max_window_bits':
      return value === WINDOW_BITS;
    case 'client_max_window_bits':
      return value === true || WINDOW_BITS_PATTERN.test(value);
    default:
      return false;
  }
}
