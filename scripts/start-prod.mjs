// `npm run start:prod`: runs what `npm run build` made, in production mode, with all settings from the environment.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const server = join(import.meta.dirname, '..', 'dist', 'main.js');

if (!existsSync(server)) {
  process.stderr.write(`There is no ${server}: run "npm run build" first.\n`);
  process.exit(1);
}

process.env.NODE_ENV = 'production';
// In this process rather than in a child: signals reach the server itself, once, and its exit code is ours.
await import(pathToFileURL(server).href);
