// The project's Markdown pages, and what the tests want to know of them: headings, links, code blocks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headingSlug } from '../../docs/.vitepress/heading-slug.mjs';
import { PROJECT_ROOT } from '../support/server-process.js';

/** A fenced block. */
export interface CodeBlock {
  /** The page's path in the project, such as `docs/cli.md`. */
  readonly page: string;
  /** Of the line with its opening fence. */
  readonly line: number;
  /** Such as `sh`; empty where none is named. */
  readonly language: string;
  /** What stands behind the language: `file=src/app.ts`, `background="…"`, `no-run="…"`. */
  readonly marks: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A link to something in the project. */
export interface Link {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** Every page that readers are meant to find, by its path in the project. */
export function pages(): string[] {
  const docs = readdirSync(join(PROJECT_ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  const examples = readdirSync(join(PROJECT_ROOT, 'examples')).map((name) => `examples/${name}/README.md`);
  return ['README.md', ...docs, 'src/client/README.md', ...examples, 'CHANGELOG.md'];
}

export const readPage = (page: string): string => readFileSync(join(PROJECT_ROOT, page), 'utf8');

/** The fenced blocks of a page, in order. */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { line: number; info: string; text: string[] } | undefined;
  readPage(page).split('\n').forEach((content, index) => {
    if (!content.startsWith('```')) return open?.text.push(content);
    if (open === undefined) return (open = { line: index + 1, info: content.slice(3).trim(), text: [] });
    const [language] = open.info.split(' ');
    blocks.push({ page, line: open.line, language, marks: marksOf(open.info.slice(language.length)), text: open.text.join('\n') });
    open = undefined;
  });
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block has no end`);
  return blocks;
}

/** The anchors of a page's headings. */
export function anchors(page: string): Set<string> {
  const headings = prose(page).flatMap(({ text }) => /^#{1,6} (.+)$/.exec(text)?.[1] ?? []);
  return new Set(headings.map((heading) => headingSlug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, ''))));
}

/** The links of a page to pages, headings, pictures and files of the project. */
export function localLinks(page: string): Link[] {
  return prose(page).flatMap(({ text, line }) => {
    const targets = [...text.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
    return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => ({ page, line, target }));
  });
}

/** The lines of a page outside its blocks. */
function prose(page: string): { text: string; line: number }[] {
  let inBlock = false;
  return readPage(page).split('\n').flatMap((text, index) => {
    const isFence = text.startsWith('```');
    if (isFence) inBlock = !inBlock;
    return isFence || inBlock ? [] : [{ text, line: index + 1 }];
  });
}

function marksOf(text: string): Record<string, string> {
  const found = [...text.matchAll(/([a-z-]+)(?:=(?:"([^"]*)"|'([^']*)'|(\S+)))?/g)];
  return Object.fromEntries(found.map(([, name, ...values]) => [name, values.find((value) => value !== undefined) ?? '']));
}
