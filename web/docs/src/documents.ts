// The two documents, as far as this page reads them.

/** A JSON Schema. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  not?: Schema;
  format?: string;
  pattern?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

/** What stands in a body. */
export interface Content {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Response {
  $ref?: string;
  description: string;
  content?: Record<string, Content>;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: Schema;
  example?: unknown;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: { bearer: string[] }[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, Content> };
  responses: Record<string, Response>;
}

/** What the server sends, and what comes of the answers. */
export interface Webhook {
  operationId: string;
  summary: string;
  parameters: Parameter[];
  requestBody: { content: Record<string, Content> };
  responses: Record<string, Response>;
}

export interface OpenApi {
  info: { version: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Webhook }>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
  'x-error-codes': Record<string, { status: number; message: string }>;
}

export interface Message {
  title: string;
  summary: string;
  description?: string;
  payload: Schema;
  examples: { payload: unknown }[];
}

export interface AsyncApi {
  channels: {
    ws: {
      bindings: { ws: { query: Schema; headers: Schema } };
      'x-refusals': Record<string, string>;
      'x-error-codes': Record<string, string>;
      'x-close-codes': Record<string, { name: string; meaning: string }>;
    };
  };
  operations: Record<string, { title: string; channel: { $ref: string }; messages: { $ref: string }[] }>;
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> };
}

/** Both, with the schemas that either refers to by name. */
export interface Documents {
  openApi: OpenApi;
  asyncApi: AsyncApi;
  schemas: Readonly<Record<string, Schema>>;
}

/** @throws Error when the server does not have them */
export async function loadDocuments(): Promise<Documents> {
  const [openApi, asyncApi] = await Promise.all([load<OpenApi>('openapi.json'), load<AsyncApi>('asyncapi.json')]);
  return { openApi, asyncApi, schemas: { ...asyncApi.components.schemas, ...openApi.components.schemas } };
}

async function load<T>(name: string): Promise<T> {
  // Relative, as what the page loads: a proxy may have put the server below a path of its own.
  const answer = await fetch(`./docs/${name}`);
  if (!answer.ok) throw new Error(`The server answered ${answer.status} for ${name}.`);
  return (await answer.json()) as T;
}

/** The last part of a reference: what it refers to. */
export function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? reference;
}
