// The direction of imports, read from the sources themselves.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = import.meta.dirname;

/** Lowest first; a folder imports itself and what stands in an earlier row. */
const LAYERS = [
  ['protocol', 'config'],
  ['log'],
  ['events'],
  ['engine'],
  ['migration'],
  ['auth'],
  ['limits'],
  ['http', 'pages'],
  ['connections'],
  ['delivery'],
  ['rooms', 'presence', 'audit', 'tracing', 'webhooks'],
  ['gateway', 'health'],
  ['sse'],
  ['metrics'],
  ['console', 'docs', 'admin'],
];

/** Folders that import only these, whatever their row. */
const CONFINED: Record<string, string[]> = { protocol: [], config: [], log: ['protocol'], client: ['protocol'], cli: ['protocol', 'config', 'client'] };

interface Import {
  file: string;
  from: string;
  to: string;
  target: string;
}

function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
}

function importsBetweenFolders(): Import[] {
  return sourceFiles().flatMap((file) => {
    const from = file.split('/')[0];
    const targets = [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, target]) =>
      relative(SOURCES, resolve(SOURCES, dirname(file), target)),
    );
    return file.includes('/') ? targets.map((target) => ({ file, from, to: target.split('/')[0], target })).filter(({ to }) => to !== from) : [];
  });
}

function allowed({ from, to }: Import): boolean {
  const confined = CONFINED[from];
  if (confined !== undefined) return confined.includes(to);
  const row = LAYERS.findIndex((folders) => folders.includes(from));
  return LAYERS.slice(0, row).flat().includes(to);
}

describe('the sources', () => {
  it('stand in folders that have a layer', () => {
    const known = new Set([...LAYERS.flat(), ...Object.keys(CONFINED)]);
    const folders = new Set(sourceFiles().filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    expect([...folders].filter((folder) => !known.has(folder))).toEqual([]);
  });

  it('import downward only', () => {
    const imports = importsBetweenFolders();
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.filter((found) => !allowed(found))).toEqual([]);
  });

  it('enter other folders through their door', () => {
    expect(importsBetweenFolders().filter(({ from, target }) => from !== 'client' && !target.endsWith('/index.js'))).toEqual([]);
  });

  it('let the client take from others nothing but types, of files that take nothing themselves: it runs in a browser as it is', () => {
    const files = sourceFiles().filter((file) => file.startsWith('client/'));
    const foreign = files.flatMap((file) => [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/^(import|export) (?:(?!from).)*from '((?!\.\/)[^']+)'/gms)]);
    expect(foreign.length).toBeGreaterThan(3);
    expect(foreign.filter(([statement]) => !/^(import|export) type /.test(statement)).map(([statement]) => statement)).toEqual([]);
    const taken = new Set(foreign.map(([, , target]) => join(SOURCES, 'client', target.replace(/\.js$/, '.ts'))));
    expect([...taken].filter((file) => /^import /m.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('keep Nest, sockets and disks out of the log and the protocol', () => {
    const forbidden = /from '(@nestjs\/|ws'|node:(fs|net|http|worker_threads)|better-sqlite3)/;
    const inner = sourceFiles().filter((file) => file.startsWith('log/') || file.startsWith('protocol/'));
    expect(inner.filter((file) => forbidden.test(readFileSync(join(SOURCES, file), 'utf8')))).toEqual([]);
  });
});
