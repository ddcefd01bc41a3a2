// Holds real answers against an OpenAPI document: everything that it says, and nothing else.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { closed } from './closed-schema.js';

/** What is used of a response. */
export interface DocumentedResponse {
  $ref?: string;
  content?: Record<string, { schema: object; example?: unknown; examples?: Record<string, { value: unknown }> }>;
}

/** What is used of an operation. */
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  security?: { bearer: string[] }[];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, DocumentedResponse>;
}

/** What is used of a document. */
export interface OpenApiDocument {
  openapi: string;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Pick<Operation, 'operationId' | 'summary' | 'parameters'> & { requestBody: { content: Record<string, { schema: object; example: unknown }> } } }>;
  components: { schemas: Record<string, { properties?: Record<string, { enum?: string[] }>; examples?: unknown[] }>; responses: Record<string, DocumentedResponse> };
}

/** An answer as it came. */
export interface Answered {
  status: number;
  contentType: string | null;
  text: string;
}

export class OpenApiJudge {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(readonly document: OpenApiDocument) {
    // @ts-expect-error -- its types are those of a CommonJS module
    addFormats(this.ajv);
    this.ajv.addSchema(closed(document), 'openapi');
  }

  /** Every operation: its method and path as in the document. */
  get operations(): { method: string; path: string; operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => ({ method, path, operation })));
  }

  /** What is wrong with an answer; empty when it is as the document says. */
  faultsOf(method: string, path: string, { status, contentType, text }: Answered): string[] {
    const operation = this.document.paths[path]?.[method];
    if (operation === undefined) return ['is not documented'];
    const response = operation.responses[status];
    if (response === undefined) return [`${status} is not documented: ${text}`];
    const place = response.$ref ?? `#/paths/${segment(path)}/${method}/responses/${status}`;
    const { content = {} } = response.$ref === undefined ? response : this.document.components.responses[response.$ref.split('/').at(-1) ?? ''];
    const media = contentType?.split(';')[0];
    if (media === undefined) return text === '' && Object.keys(content).length === 0 ? [] : ['has no content'];
    if (content[media] === undefined) return [`${media} is not documented for ${status}`];
    return this.faults(`${place}/content/${segment(media)}/schema`, media.endsWith('json') ? JSON.parse(text) : text);
  }

  /** What is wrong with a request that was sent as a webhook, by its type and its body. */
  faultsOfWebhook(type: string, body: unknown): string[] {
    if (this.document.webhooks[type] === undefined) return [`${type} is not documented`];
    return this.faults(`#/webhooks/${segment(type)}/post/requestBody/content/${segment('application/json')}/schema`, body);
  }

  /** What is wrong with a value, by a schema of the document (`#/components/…`). */
  faults(place: string, value: unknown): string[] {
    const validate = this.ajv.compile({ $ref: `openapi${place}` });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  }
}

/** A name as part of a JSON pointer in a URI. */
export function segment(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
