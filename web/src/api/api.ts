// The server's HTTP API, as an operator calls it.
import { operatorToken, signOut } from '../session.js';
import { ApiProblem, toProblem } from './api-problem.js';

/** Relative to the page: the server may stand below a path of a proxy. */
const BASE = new URL('api/v1/', document.baseURI);

/** One page of a listing. */
export interface Page<T> {
  items: T[];
  next_cursor?: string;
}

/** What a request may have beside its path. */
export interface RequestOptions {
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: object;
  signal?: AbortSignal;
}

/** A path of encoded parts: an id never becomes more than one of them. */
export function path(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

/**
 * Asks the server. A token that is not accepted ends the session.
 *
 * @throws ApiProblem when it refuses, or cannot be reached
 */
export async function request<T>(method: string, to: string, { query = {}, body, signal }: RequestOptions = {}): Promise<T> {
  const url = new URL(to, BASE);
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  const token = operatorToken.value;
  const response = await send(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
    // Nothing of this is for a cache, and no cookie opens anything.
    cache: 'no-store',
    credentials: 'omit',
  });
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  const problem = await toProblem(response);
  if (problem.status === 401 && token === operatorToken.value) signOut('The server does not accept this token, or not any more. Give another one.');
  throw problem;
}

async function send(url: URL, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new ApiProblem({ status: 0, code: 'UNREACHABLE', detail: 'The server cannot be reached.' });
  }
}
