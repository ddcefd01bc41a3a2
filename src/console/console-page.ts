// The files of the console's page, read once.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Injectable } from '@nestjs/common';

const DIRECTORY = join(import.meta.dirname, 'page');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** One file of the page. */
export interface PageFile {
  contentType: string;
  text: string;
}

/** What is served is only what was there at the start: a name in a request never becomes a path. */
@Injectable()
export class ConsolePage {
  private readonly files = new Map<string, PageFile>();

  constructor() {
    for (const name of readdirSync(DIRECTORY)) {
      const contentType = CONTENT_TYPES[extname(name)];
      if (contentType !== undefined) this.files.set(name, { contentType, text: readFileSync(join(DIRECTORY, name), 'utf8') });
    }
  }

  /** The file of that name; undefined when the page has none. */
  file(name: string): PageFile | undefined {
    return this.files.get(name);
  }
}
