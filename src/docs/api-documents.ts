// The documents that the build made (scripts/api-documents.mjs), read when they are first asked for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { WebhooksModule } from '../webhooks/index.js';

/** Where the build puts them. */
const DIRECTORY = join(import.meta.dirname, 'documents');

interface Operation {
  operationId: string;
  tags: string[];
}

/** The parts of the document that depend on the application. */
interface OpenApiDocument {
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, unknown>;
}

@Injectable()
export class ApiDocuments {
  private openApi: OpenApiDocument | undefined;
  private asyncApi: string | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * The OpenAPI document as JSON: without the routes and webhooks of parts that this application does without. Undefined when it has not been built.
   *
   * @param prefix What stands before every path, as in an application with a global prefix.
   */
  openApiText(prefix: string): string | undefined {
    this.openApi ??= this.readOpenApi();
    return this.openApi && JSON.stringify({ ...this.openApi, servers: [{ url: prefix === '' ? '/' : prefix }] });
  }

  /** The AsyncAPI document as JSON; undefined when it has not been built. */
  asyncApiText(): string | undefined {
    return (this.asyncApi ??= readIfThere('asyncapi.json'));
  }

  private readOpenApi(): OpenApiDocument | undefined {
    const text = readIfThere('openapi.json');
    if (text === undefined) return undefined;
    const document = JSON.parse(text) as OpenApiDocument;
    // An operation's id begins with its controller's name.
    const served = this.discovery.getControllers().map(({ name }) => String(name).replace(/Controller$/, '').toLowerCase());
    const isServed = ({ operationId }: Operation): boolean => served.some((name) => operationId.toLowerCase().startsWith(name));
    const paths = Object.entries(document.paths)
      .map(([path, operations]) => [path, Object.fromEntries(Object.entries(operations).filter(([, operation]) => isServed(operation)))] as const)
      .filter(([, operations]) => Object.keys(operations).length > 0);
    const used = new Set(paths.flatMap(([, operations]) => Object.values(operations).flatMap(({ tags }) => tags)));
    // Nest provides a module in itself.
    const hasWebhooks = this.discovery.getProviders().some(({ metatype }) => metatype === WebhooksModule);
    return { ...document, tags: document.tags.filter(({ name }) => used.has(name)), paths: Object.fromEntries(paths), webhooks: hasWebhooks ? document.webhooks : {} };
  }
}

function readIfThere(name: string): string | undefined {
  try {
    return readFileSync(join(DIRECTORY, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
