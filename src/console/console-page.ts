// The files of the console's page, read when they are first asked for.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Injectable } from '@nestjs/common';

/** Where the build puts the page: the document itself, and in a folder what it loads. */
const DIRECTORY = join(import.meta.dirname, 'page');
const DOCUMENT = 'index.html';
const ASSETS = 'console';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** One file of the page. */
export interface PageFile {
  contentType: string;
  text: string;
}

/** What is served is only what was there when it was read: a name in a request never becomes a path. */
@Injectable()
export class ConsolePage {
  private files: ReadonlyMap<string, PageFile> | undefined;

  /** The document; undefined when the console has not been built. */
  document(): PageFile | undefined {
    return this.all().get(DOCUMENT);
  }

  /** What the document loads, by the file's name; undefined when there is no such file. */
  asset(name: string): PageFile | undefined {
    return name === DOCUMENT ? undefined : this.all().get(name);
  }

  /** `nest start --watch` begins without a page, and one may be built meanwhile; what is there once stays as it is. */
  private all(): ReadonlyMap<string, PageFile> {
    if (this.files !== undefined) return this.files;
    const found = readFiles();
    if (found.has(DOCUMENT)) this.files = found;
    return found;
  }
}

function readFiles(): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const path of [DOCUMENT, ...assetPaths()]) {
    const contentType = CONTENT_TYPES[extname(path)];
    const text = contentType === undefined ? undefined : readIfThere(join(DIRECTORY, path));
    if (contentType !== undefined && text !== undefined) files.set(basename(path), { contentType, text });
  }
  return files;
}

function assetPaths(): string[] {
  try {
    return readdirSync(join(DIRECTORY, ASSETS)).map((name) => join(ASSETS, name));
  } catch (error) {
    return whenMissing(error, []);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return whenMissing(error, undefined);
  }
}

function whenMissing<T>(error: unknown, instead: T): T {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead;
  throw error;
}
