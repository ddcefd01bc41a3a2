// The errors that a route answers with, by status: from its decorators, its pipes, and the `@throws` of its comment.

/** How an error of each status reads. */
const MEANINGS = {
  400: 'The request is not valid.',
  401: 'There is no valid token.',
  403: 'The token does not allow this, or its client is banned.',
  404: 'It does not exist, or is not yours to see.',
  409: 'It exists already.',
  413: 'The body or the content is too large.',
  415: 'The body is of a type that this route does not read.',
  429: 'There is no room in the rate limit; try again after `Retry-After` seconds.',
  500: 'Something unexpected went wrong.',
  501: 'It cannot be done here.',
  503: 'Nobody knows whether it was done: try again, with the same id.',
  507: 'The store has no space left; nothing was written.',
};

/** The codes of the table that stand for a status of the platform's own (`problem.ts`). */
const UNSUPPORTED_TYPE = { status: 415, code: 'VALIDATION_ERROR' };

/**
 * The errors of a route, as OpenAPI's responses: references to `responses`, where each kind of answer stands once.
 *
 * @param thrown Codes that its comment names, with a status where that is not the code's own.
 */
export function problemResponses(route, thrown, errorCodes, responses) {
  const found = new Map();
  const add = ({ status, code }, entry) => {
    const codes = found.get(status) ?? new Map();
    found.set(status, codes.set(code, entry));
  };
  const told = [...thrown, ...[...codesOf(route)].map((code) => ({ code }))];
  for (const { code, status } of told) {
    const entry = errorCodes[code];
    if (entry === undefined) throw new Error(`${route.controller.name}.${route.name} throws ${code}, which is no code`);
    add({ status: status ?? entry.status, code: entry.toldAs ?? code }, entry);
  }
  if (route.readsBody) add(UNSUPPORTED_TYPE, errorCodes.VALIDATION_ERROR);
  return Object.fromEntries([...found].sort(([a], [b]) => a - b).map(([status, codes]) => [status, referTo(status, codes, responses)]));
}

function referTo(status, codes, responses) {
  const sorted = new Map([...codes].sort());
  const name = [status, ...sorted.keys()].join('.');
  responses[name] ??= problemResponse(status, sorted);
  return { $ref: `#/components/responses/${name}` };
}

/** What decorators and pipes tell. */
function codesOf(route) {
  const codes = new Set();
  for (const { pipes } of route.pathParameters) for (const { code } of pipes) if (code !== undefined) codes.add(code);
  if (route.pathParameters.some(({ pipes }) => pipes.some((pipe) => pipe.constructor.name === 'SequencePipe'))) codes.add('MESSAGE_NOT_FOUND');
  if (route.needsToken) codes.add('UNAUTHENTICATED').add('SERVER_ERROR');
  if (route.scope !== undefined) codes.add('FORBIDDEN');
  if (route.isApi) codes.add('CLIENT_BANNED').add('STORE_UNAVAILABLE');
  if (route.isApi && route.method !== 'get') codes.add('STORE_FULL');
  if (route.readsBody) codes.add('PAYLOAD_TOO_LARGE').add('VALIDATION_ERROR');
  if (route.query !== undefined || route.headerParameters.includes('Idempotency-Key')) codes.add('VALIDATION_ERROR');
  if (route.isLimited) codes.add('RATE_LIMIT_EXCEEDED');
  return codes;
}

function problemResponse(status, codes) {
  const examples = [...codes].map(([code, entry]) => [code, { value: exampleOf(status, code, entry) }]);
  return {
    description: MEANINGS[status] ?? 'It failed.',
    ...(HEADERS[status] !== undefined && { headers: HEADERS[status] }),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem', properties: { status: { const: status }, code: { enum: [...codes.keys()] } } },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

function exampleOf(status, code, { message, retryAfter }) {
  const details = { ...(status === 429 && { retry_after: 60 }), ...(retryAfter !== undefined && { retry_after: retryAfter }) };
  const detail = status === 415 ? 'The content type is not one that this route reads' : message;
  return { ...details, type: 'about:blank', title: message, status, code, detail };
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds after which it is worth trying again.', schema: { type: 'integer' } } };
const HEADERS = {
  401: { 'WWW-Authenticate': { description: 'The scheme that would do.', schema: { const: 'Bearer' } } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};
