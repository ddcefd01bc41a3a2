// Every block of the pages has its place: commands are run by the walk or listed with what shows them otherwise, code and data can be read.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/server-process.js';
import { faultsOfCommands } from './commands.js';
import { type CodeBlock, codeBlocks, pages } from './markdown.js';
import { isFollowed } from './walk/followed.js';
import { NOT_RUN, notRun } from './walk/not-run.js';

const blocks = pages().flatMap(codeBlocks);
const SHELLS = ['sh', 'bash', 'shell', 'console'];
const SCRIPTS = ['ts', 'tsx', 'js', 'jsx', 'mjs'];
/** Pictures, pages of other formats, and what is no language. */
const UNREAD = ['mermaid', 'html', 'text', ''];

const place = ({ page, line, text }: CodeBlock): string => `${page}:${line}: ${text.split('\n')[0]}`;
const each = (languages: readonly string[]): [string, CodeBlock][] => blocks.filter(({ language }) => languages.includes(language)).map((block) => [place(block), block]);

describe('commands', () => {
  it.each(each(SHELLS))('%s', (_, block) => {
    expect(block.language).toBe('sh');
    const listed = notRun(block);
    if ('no-run' in block.marks) expect(listed, 'is marked no-run and not listed in walk/not-run.ts').toBeDefined();
    else expect([isFollowed(block.page), listed], 'is run by no walk: mark it no-run, or follow its page').toEqual([true, undefined]);
    expect(spawnSync('bash', ['-n'], { input: block.text }).status).toBe(0);
    if (listed !== undefined) expect(faultsOfCommands(block.text)).toEqual([]);
  });

  it('that are listed stand on their pages, and what shows them is there', () => {
    const stale = NOT_RUN.filter((entry) => !blocks.some((block) => 'no-run' in block.marks && notRun(block) === entry));
    expect(stale).toEqual([]);
    expect(NOT_RUN.filter(({ shownBy }) => !existsSync(join(PROJECT_ROOT, shownBy)))).toEqual([]);
  });
});

/** The names that other applications may import. */
function exported(entry: string): Set<string> {
  const program = ts.createProgram([join(PROJECT_ROOT, entry)], { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, noLib: true, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(join(PROJECT_ROOT, entry)) as ts.SourceFile);
  return new Set(symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name));
}

/** What cannot be read of a piece of code: a whole file, or a method that stands without its class. */
function syntaxFaults({ language, text }: CodeBlock): string[] {
  const read = (source: string): string[] => {
    const { diagnostics } = ts.transpileModule(source, { reportDiagnostics: true, fileName: `block.${language}`, compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, experimentalDecorators: true, jsx: ts.JsxEmit.Preserve } });
    return (diagnostics ?? []).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  };
  const faults = read(text);
  return faults.length > 0 && read(`class Whole {\n${text}\n}`).length === 0 ? [] : faults;
}

describe('code', () => {
  const doors = new Map([
    ['@chatapi/delivery', exported('dist/index.d.ts')],
    ['@chatapi/delivery/client', exported('dist/client/index.d.ts')],
  ]);

  it.each(each(SCRIPTS))('%s', (_, block) => {
    expect(syntaxFaults(block)).toEqual([]);
    for (const [, names, door] of block.text.matchAll(/import \{([^}]*)\} from '(@chatapi[^']*)'/g)) {
      const asked = names.split(',').map((name) => name.trim().replace(/^type /, '').split(' as ')[0]).filter((name) => name !== '');
      expect(asked.filter((name) => doors.get(door)?.has(name) !== true), `not exported by ${door}`).toEqual([]);
    }
  });
});

describe('data', () => {
  it.each(each(['json', 'ndjson']))('%s', (_, { text }) => {
    const whole = (): unknown => JSON.parse(text);
    const lines = (): unknown[] => text.split('\n').map((line) => JSON.parse(line) as unknown);
    expect(() => (text.split('\n').every((line) => /^[[{].*[\]}]$/.test(line)) ? lines() : whole())).not.toThrow();
  });

  it.each(each(['yaml', 'yml']))('%s', (_, { text }) => {
    expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('is of a language that is read, or one that is known not to be', () => {
    const known = [...SHELLS, ...SCRIPTS, ...UNREAD, 'json', 'ndjson', 'yaml', 'yml', 'http', 'conf', 'python', 'promql'];
    expect(blocks.filter(({ language }) => !known.includes(language)).map(place)).toEqual([]);
  });
});

