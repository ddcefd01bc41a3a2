// GET /docs/asyncapi.json: `/ws` with every frame of src/protocol/frames.ts, put together from its types, rules and doc comments.
import { exampleOf, examplesOf } from './examples.mjs';
import { JsonSchemas } from './json-schema.mjs';

const INTRODUCTION = `The WebSocket of ChatAPI Delivery: one connection brings everything that its client may know, at least once, in order within a room.
Requests over HTTP are in \`openapi.json\` beside this document.

Without a subprotocol a connection is sent notifications and errors only; with \`chatapi.v1\`, the control frames too.
Frames are text: one JSON object each.`;

/** The maps of frames in src/protocol/frames.ts: who sends them, and to whom they are sent. */
const FRAMES = [
  { map: 'NotificationFrames', id: 'notification', action: 'send', audience: 'every connection' },
  { map: 'ControlFrames', id: 'control', action: 'send', audience: 'connections of `chatapi.v1`' },
  { map: 'CommandFrames', id: 'command', action: 'receive', audience: undefined },
];

const CHANNEL = 'ws';
const STREAM = 'sse';

/** The document. */
export async function asyncApiDocument({ declarations, version, errorCodes, protocol }) {
  const schemas = new JsonSchemas(declarations);
  const messages = {};
  const operations = {};
  for (const { map, id, action, audience } of FRAMES) {
    const names = [];
    for (const frame of declarations.typeOf(map).getProperties()) {
      const name = `${id}.${frame.name}`;
      messages[name] = await messageOf(frame, { name, audience, declarations, schemas, protocol });
      names.push(name);
    }
    operations[id] = {
      action,
      channel: { $ref: `#/channels/${CHANNEL}` },
      title: { notification: 'What every connection is sent', control: 'What connections of chatapi.v1 are sent too', command: 'What clients send' }[id],
      messages: names.map((name) => ({ $ref: `#/channels/${CHANNEL}/messages/${name}` })),
    };
  }
  // A command is answered with an `ack` of the same `ref`, or with an `error`.
  operations.command.reply = {
    channel: { $ref: `#/channels/${CHANNEL}` },
    messages: ['control.ack', 'control.pong', 'notification.error'].map((name) => ({ $ref: `#/channels/${CHANNEL}/messages/${name}` })),
  };
  const streamed = Object.keys(messages).filter((name) => name.startsWith('notification.'));
  operations.stream = {
    action: 'send',
    channel: { $ref: `#/channels/${STREAM}` },
    title: 'What an event stream is sent',
    messages: streamed.map((name) => ({ $ref: `#/channels/${STREAM}/messages/${name}` })),
  };
  return {
    asyncapi: '3.0.0',
    info: { title: 'ChatAPI Delivery', version, description: INTRODUCTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      server: {
        host: '{host}',
        protocol: 'ws',
        description: '`wss` where TLS is ended in front of the server.',
        variables: { host: { default: 'localhost:8000', description: 'The host and port of the server.' } },
        security: SECURITY.map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
      },
      http: {
        host: '{host}',
        protocol: 'http',
        description: '`https` where TLS is ended in front of the server.',
        variables: { host: { default: 'localhost:8000', description: 'The host and port of the server.' } },
        security: SECURITY.map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
      },
    },
    channels: {
      [CHANNEL]: {
        address: '/ws',
        servers: [{ $ref: '#/servers/server' }],
        title: 'The connection of one client',
        messages: Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: bindingOf(protocol) },
        'x-subprotocols': [protocol.SUBPROTOCOL_V1],
        'x-refusals': REFUSALS,
        'x-error-codes': Object.fromEntries(Object.entries(errorCodes).filter(([code, { toldAs }]) => toldAs === undefined && !HTTP_ONLY.has(code)).map(([code, { message }]) => [code, message])),
        'x-close-codes': closeCodes(declarations, protocol),
      },
      [STREAM]: {
        address: '/sse',
        title: 'The event stream of one client',
        description: 'What a connection without a subprotocol is sent, as Server-Sent Events: one frame an event. `openapi.json` has its parameters and refusals.',
        servers: [{ $ref: '#/servers/http' }],
        messages: Object.fromEntries(streamed.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations,
    components: { messages, schemas: inDraft7(schemas.components), securitySchemes: SECURITY_SCHEMES },
  };
}

async function messageOf(frame, { name, audience, declarations, schemas, protocol }) {
  const payload = await schemas.of(declarations.checker.getTypeOfSymbol(frame));
  if (frame.name === 'custom') Object.assign(payload.properties.type, { pattern: protocol.CUSTOM_TYPE_PATTERN.source, not: { enum: [...protocol.RESERVED_TYPES] } });
  if (payload.properties.ref !== undefined) payload.properties.ref = { ...payload.properties.ref, maxLength: protocol.MAX_REF_LENGTH };
  const { text } = declarations.commentOf(frame);
  return {
    name,
    title: frame.name,
    summary: text,
    ...(audience !== undefined && { description: `Sent to ${audience}.` }),
    payload: inDraft7(payload),
    examples: examplesOfFrame(payload, schemas.components).map((example) => ({ payload: example })),
  };
}

/** One for each kind of data. */
function examplesOfFrame(payload, components) {
  const frame = exampleOf(payload, components);
  const { data } = payload.properties;
  return data === undefined ? [frame] : examplesOf(data, components).map((example) => ({ ...frame, data: example }));
}

/** Every close code, with what it means. */
function closeCodes(declarations, { CloseCode }) {
  const codes = declarations.typeOfConstant('CloseCode').getProperties();
  return Object.fromEntries(codes.map((code) => [String(CloseCode[code.name]), { name: code.name, meaning: declarations.commentOf(code).text }]));
}

/** AsyncAPI's own schemas are those of JSON Schema draft 7, in which nothing may stand beside a reference. */
function inDraft7(value) {
  if (Array.isArray(value)) return value.map(inDraft7);
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...rest } = value;
  const inner = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, key === 'examples' || key === 'const' || key === 'enum' || key === 'default' ? part : inDraft7(part)]));
  if ($ref === undefined) return inner;
  return Object.keys(inner).length === 0 ? { $ref } : { ...inner, allOf: [{ $ref }] };
}

function bindingOf({ DEVICE_PATTERN, SUBPROTOCOL_V1, BEARER_SUBPROTOCOL_PREFIX }) {
  return {
    method: 'GET',
    query: {
      type: 'object',
      properties: {
        token: { type: 'string', description: 'The JWT. It may stand in `Authorization` or among the subprotocols instead; two different ones are refused.' },
        device: { type: 'string', pattern: DEVICE_PATTERN.source.replace('^', '^(|').replace(/\$$/, ')$'), default: '', description: 'A queue position of its own for each device of one client; without it, all of its connections share one.' },
        ack: { type: 'string', enum: ['transport', 'client'], default: 'transport', description: '`client`: only the client’s `ack` frames acknowledge, not its pongs.' },
        debug: { type: 'string', enum: ['true', 'false'], default: 'false', description: 'Asks for `debug` in each notification; `DEBUG_MODE` says who gets it.' },
      },
    },
    headers: {
      type: 'object',
      properties: {
        Authorization: { type: 'string', pattern: '^Bearer ', description: 'The JWT, for clients that can set headers.' },
        'Sec-WebSocket-Protocol': { type: 'string', description: `\`${SUBPROTOCOL_V1}\` for the control frames; for browsers the token may stand behind it: \`${SUBPROTOCOL_V1}, ${BEARER_SUBPROTOCOL_PREFIX}<token>\`.` },
        Origin: { type: 'string', description: 'Of a page: one of `ALLOWED_ORIGINS`, or the server’s own.' },
      },
    },
    bindingVersion: '0.1.0',
  };
}

/** What is answered over HTTP, before there is a WebSocket. */
const REFUSALS = {
  400: 'An unusable `device`, `ack` or `debug`, or no opening handshake of a WebSocket.',
  401: 'Authentication from this address has failed too often; `Retry-After` says when to come back.',
  403: 'A page of an `Origin` that is not allowed.',
  404: 'Another path.',
  429: 'Too many connections of this address; `Retry-After` says when to come back.',
  503: 'Shutting down, or full; `Retry-After` says when to come back.',
};

/** Codes that no frame carries. */
const HTTP_ONLY = new Set(['UNAUTHENTICATED', 'CLIENT_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'CONNECTION_NOT_FOUND', 'NOT_FOUND', 'ROOM_EXISTS', 'AUDIT_NOT_READABLE']);

const SECURITY_SCHEMES = {
  query: { type: 'httpApiKey', in: 'query', name: 'token', description: 'The JWT in the address.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The JWT in the `Authorization` header, or as the subprotocol `bearer.<token>`.' },
};
const SECURITY = Object.keys(SECURITY_SCHEMES);
