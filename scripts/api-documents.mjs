// `npm run build:docs`: writes dist/docs/documents/openapi.json and asyncapi.json, from what the build made of the code: its decorators, types, rules and doc comments.
import 'reflect-metadata';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asyncApiDocument } from './api-documents/asyncapi.mjs';
import { Declarations } from './api-documents/declarations.mjs';
import { openApiDocument } from './api-documents/openapi.mjs';
import { readRoutes } from './api-documents/routes.mjs';

const ROOT = join(import.meta.dirname, '..');
const BUILD = join(ROOT, 'dist');
const TARGET = join(BUILD, 'docs', 'documents');

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const protocol = await import(pathToFileURL(join(BUILD, 'protocol', 'index.js')).href);
const declarations = new Declarations(BUILD);
const shared = { declarations, version, errorCodes: protocol.ERROR_CODES };

const openApi = await openApiDocument({ ...shared, routes: await readRoutes(BUILD), identifierPattern: protocol.IDENTIFIER_PATTERN.source });
const asyncApi = await asyncApiDocument({ ...shared, protocol });

mkdirSync(TARGET, { recursive: true });
writeFileSync(join(TARGET, 'openapi.json'), JSON.stringify(openApi));
writeFileSync(join(TARGET, 'asyncapi.json'), JSON.stringify(asyncApi));
