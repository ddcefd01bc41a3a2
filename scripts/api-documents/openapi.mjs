// GET /docs/openapi.json: every HTTP route, put together from decorators, types, rules and doc comments.
import { exampleOf } from './examples.mjs';
import { JsonSchemas } from './json-schema.mjs';
import { problemResponses } from './problems.mjs';
import { webhooksOf } from './webhooks.mjs';

/** The one security scheme. */
const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A JWT whose `sub` is the client id; `scope` may hold `publish` or `admin`. `/metrics` takes `METRICS_TOKEN` too.' },
};

const INTRODUCTION = `The HTTP API of ChatAPI Delivery. Frames over \`/ws\` are in \`asyncapi.json\` beside this document.

Routes below \`/api/v1\` want \`Authorization: Bearer <token>\`. Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`.
Lists come in pages: the \`next_cursor\` of an answer is the \`cursor\` of the request for the following page.`;

/** What header parameters are for. */
const HEADER_PARAMETERS = {
  'Idempotency-Key': { description: 'Makes a repetition harmless where the body has no `id`.', schema: { type: 'string', pattern: '^[\\x20-\\x7e]{1,255}$' } },
  traceparent: { description: 'The trace that this is a part of (W3C Trace Context). One that is none is ignored.', schema: { type: 'string' } },
};

const RATE_LIMIT_HEADERS = {
  'X-RateLimit-Limit': { description: 'So many may be sent in a window.', schema: { type: 'integer' } },
  'X-RateLimit-Remaining': { description: 'So many still fit.', schema: { type: 'integer' } },
  'X-RateLimit-Reset': { description: 'Seconds until another one fits.', schema: { type: 'integer' } },
};

const RATE_LIMIT_REFERENCES = Object.fromEntries(Object.keys(RATE_LIMIT_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Groups that are called otherwise than their controllers. */
const TITLES = { Sse: 'Event streams', Stats: 'Statistics' };

/** In this order; others stand behind. */
const TAGS = ['Rooms', 'Members', 'Messages', 'Publish', 'Clients', 'Acknowledgements', 'Connections', 'Bans', 'Tokens', 'Audit', 'Statistics', 'Event streams', 'Health', 'Metrics'];

/** What path parameters are called everywhere. */
const PATH_PARAMETERS = {
  room_id: { description: 'A room.', example: 'lobby' },
  client_id: { description: 'A client: the `sub` of its tokens.', example: 'alice' },
  seq: { description: 'The place of a notification in its room’s order.', example: 42 },
  id: { description: 'A connection.', example: '4b1f2c9e-7f0a-4c57-9a53-1c2f6a1d8e90' },
};

/** The document. @throws Error for a route whose comment does not say what it does */
export async function openApiDocument({ declarations, routes, errorCodes, identifierPattern, version }) {
  const schemas = new JsonSchemas(declarations);
  const paths = {};
  const responses = {};
  const tags = new Map();
  await schemas.ofName('Problem');
  const place = (route) => (TAGS.indexOf(tagOf(route)) + TAGS.length + 1) % (TAGS.length + 1);
  for (const route of [...routes].sort((a, b) => place(a) - place(b))) {
    (paths[route.path] ??= {})[route.method] = await operationOf(route, { declarations, schemas, errorCodes, responses, identifierPattern });
    const { text, tags: classTags } = declarations.commentOf(declarations.find(route.controller.name));
    const [tag] = paths[route.path][route.method].tags;
    if (!classTags.some(({ name }) => name === 'tag')) tags.set(tag, text);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'ChatAPI Delivery', version, description: INTRODUCTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [],
    tags: [...tags].map(([name, description]) => ({ name, description })),
    paths,
    webhooks: await webhooksOf(declarations, schemas),
    components: { schemas: schemas.components, responses, headers: RATE_LIMIT_HEADERS, securitySchemes: SECURITY_SCHEMES },
    'x-error-codes': Object.fromEntries(Object.entries(errorCodes).filter(([, { toldAs }]) => toldAs === undefined).map(([code, { status, message }]) => [code, { status, message }])),
  };
}

function baseName({ controller }) {
  return controller.name.replace(/Controller$/, '');
}

function tagOf(route) {
  return TITLES[baseName(route)] ?? baseName(route);
}

async function operationOf(given, { declarations, schemas, errorCodes, responses, identifierPattern }) {
  const comment = declarations.commentOf(declarations.methodOf(given.controller.name, given.name));
  const [summary, ...description] = comment.text.split('\n\n');
  if (summary === '') throw new Error(`${given.controller.name}.${given.name} has no doc comment: its first paragraph is the summary of ${given.path}`);
  const tagged = (name) => comment.tags.filter((tag) => tag.name === name).map(({ text }) => text);
  const reads = tagged('reads');
  const route = { ...given, readsBody: given.body !== undefined };
  const thrown = tagged('throws').flatMap((text) => [...text.matchAll(/`([A-Z_]+)`(?: (\d{3}))?/g)].map(([, code, status]) => ({ code, status: Number(status) || undefined })));
  const parameters = [
    ...pathParameters(route, identifierPattern),
    ...(await queryParameters(route, schemas)),
    ...headerParameters(route),
    ...['query', 'header'].flatMap((place) => tagged(place).map((text) => taggedParameter(place, text))),
  ];
  const [, tag = tagOf(route)] = /^\s*(\w+)/.exec(declarations.commentOf(declarations.find(route.controller.name)).tags.find(({ name }) => name === 'tag')?.text ?? '') ?? [];
  return {
    operationId: baseName(route).charAt(0).toLowerCase() + baseName(route).slice(1) + route.name.charAt(0).toUpperCase() + route.name.slice(1),
    tags: [tag],
    summary: summary.replace(/\.$/, ''),
    ...(description.length > 0 && { description: description.join('\n\n') }),
    ...((route.needsToken || comment.tags.some(({ name }) => name === 'bearer')) && { security: [{ bearer: route.scope === undefined ? [] : [route.scope] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.readsBody && { requestBody: await requestBody(route, reads, schemas) }),
    responses: {
      ...(await successes(route, { produces: tagged('produces').flatMap((text) => text.split(/,\s*/)), answers: tagged('answers') }, { declarations, schemas })),
      ...problemResponses(route, thrown, errorCodes, responses),
    },
  };
}

function pathParameters({ pathParameters: named }, identifierPattern) {
  return named.map(({ name, pipes }) => {
    const { description, example } = PATH_PARAMETERS[name] ?? { description: `A ${name}.` };
    const isSequence = pipes.some((pipe) => pipe.constructor.name === 'SequencePipe');
    const schema = isSequence ? { type: 'integer', minimum: 1 } : { type: 'string', ...(pipes.length > 0 && { pattern: identifierPattern }) };
    return { name, in: 'path', required: true, description, schema, ...(example !== undefined && { example }) };
  });
}

/** The fields of the query's class. */
async function queryParameters({ query }, schemas) {
  if (query === undefined) return [];
  const { $ref } = await schemas.ofName(query.name);
  const { properties, required = [] } = schemas.take($ref.split('/').pop());
  return Object.entries(properties).map(([field, { description, examples, ...schema }]) => ({
    name: field,
    in: 'query',
    required: required.includes(field),
    ...(description !== undefined && { description }),
    schema,
    ...(examples !== undefined && { example: examples[0] }),
  }));
}

function headerParameters({ headerParameters: names }) {
  return names.map((name) => ({ name, in: 'header', required: false, ...(HEADER_PARAMETERS[name] ?? { schema: { type: 'string' } }) }));
}

/** A parameter that no decorator tells: it is read from the request itself. */
function taggedParameter(place, text) {
  const [, name, description] = /^(\S+)\s+(.*)$/s.exec(text);
  return { name, in: place, required: false, description, schema: { type: 'string' } };
}

async function requestBody({ body }, reads, schemas) {
  const content = {};
  if (reads.length === 0) content['application/json'] = await bodyOf(body.name, schemas);
  for (const text of reads) {
    const [type, name] = text.split(/\s+/);
    content[type] = name === undefined ? { schema: { type: 'string' } } : await bodyOf(name, schemas);
  }
  // An absent body is read as an empty object.
  const required = Object.values(content).some(({ schema }) => schema.type !== undefined || (schemas.components[schema.$ref?.split('/').pop()]?.required ?? []).length > 0);
  return { required, content };
}

/** @param name That of a class; with `[]` behind it, an array of it. */
async function bodyOf(name, schemas) {
  const one = await schemas.ofName(name.replace('[]', ''));
  const schema = name.endsWith('[]') ? { type: 'array', items: one } : one;
  return { schema, example: exampleOf(schema, schemas.components) };
}

/** What succeeds is answered with; and what `@answers` says is answered likewise. */
async function successes(route, { produces, answers }, { declarations, schemas }) {
  const type = declarations.answerOf(route.controller.name, route.name);
  const responses = { [route.status]: await successOf(route, produces, type, schemas) };
  for (const text of answers) {
    const [, status, media, description] = /^(\d{3})\s+(\w+\/\S+)?\s*(.*)$/s.exec(text);
    const { content, ...response } = await successOf(route, media === undefined ? produces : [media], type, schemas);
    // The example is one of success.
    const withoutExample = content && { content: Object.fromEntries(Object.entries(content).map(([name, { schema }]) => [name, { schema }])) };
    responses[status] = { ...response, description, ...withoutExample };
  }
  return responses;
}

async function successOf(route, produces, type, schemas) {
  const headers = route.isLimited ? { headers: RATE_LIMIT_REFERENCES } : {};
  if (type === undefined && produces.length === 0) return { description: 'Done.', ...headers };
  if (produces.length > 0) return { description: 'The answer.', ...headers, content: Object.fromEntries(produces.map((media) => [media, { schema: { type: media.endsWith('json') ? 'object' : 'string' } }])) };
  const schema = await schemas.of(type);
  return { description: route.status === 201 ? 'It is stored.' : 'The answer.', ...headers, content: { 'application/json': { schema, example: exampleOf(schema, schemas.components) } } };
}
