// The files of a web page that the build made, read when they are first asked for.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** The page itself. */
const DOCUMENT = 'index.html';

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
export class BuiltPage {
  private files: ReadonlyMap<string, PageFile> | undefined;

  constructor(
    /** Where the build puts it. */
    private readonly directory: string,
    /** The folder in there with what the document loads. */
    private readonly assets: string,
  ) {}

  /** The document; undefined when the page has not been built. */
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
    const found = readFiles(this.directory, this.assets);
    if (found.has(DOCUMENT)) this.files = found;
    return found;
  }
}

function readFiles(directory: string, assets: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const path of [DOCUMENT, ...assetPaths(directory, assets)]) {
    const contentType = CONTENT_TYPES[extname(path)];
    const text = contentType === undefined ? undefined : readIfThere(join(directory, path));
    if (contentType !== undefined && text !== undefined) files.set(basename(path), { contentType, text });
  }
  return files;
}

function assetPaths(directory: string, assets: string): string[] {
  try {
    return readdirSync(join(directory, assets)).map((name) => join(assets, name));
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
