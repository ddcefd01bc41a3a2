// docs/settings.md is made from the class: rendered here, and found stale here. `node scripts/settings-table.mjs` writes it anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { environmentName } from './setting-name.js';
import { ruleOf } from './setting-rules.js';
import { SETTING_PROPERTIES, Settings } from './settings.js';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'settings.md');

const INTRODUCTION = `# Settings

Read from the environment when the server starts, and in development from a file \`.env\` in the working directory too; variables that
are set go before the file. An empty string counts as unset. A value that is not allowed stops the start, with one message that
lists every fault. \`npm run chatapi -- config\` prints the settings in effect, secrets masked.

This page is made from \`src/config/settings.ts\` by \`node scripts/settings-table.mjs\`.`;

/** What the class says of one of its properties. */
interface Documentation {
  meaning: string;
  defaultValue: string | undefined;
}

function readDocumentation(): Map<string, Documentation> {
  const path = join(import.meta.dirname, 'settings.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = new Map<string, Documentation>();
  for (const property of source.statements.filter(ts.isClassDeclaration).flatMap(({ members }) => members.filter(ts.isPropertyDeclaration))) {
    const [comment] = ts.getJSDocCommentsAndTags(property).filter(ts.isJSDoc);
    const tag = comment?.tags?.find(({ tagName }) => tagName.text === 'defaultValue');
    const meaning = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ') ?? '';
    found.set(property.name.getText(), { meaning, defaultValue: ts.getTextOfJSDocComment(tag?.comment) });
  }
  return found;
}

const documentation = readDocumentation();
const defaults = new Settings();

function row(property: keyof Settings): string {
  const { meaning = '', defaultValue = '' } = documentation.get(property) ?? {};
  const shown = defaults[property] === undefined ? defaultValue : `\`${defaultValue}\``;
  return `| \`${environmentName(property)}\` | ${shown} | ${ruleOf(property).allowed} | ${meaning} |`;
}

function page(): string {
  return [INTRODUCTION, '', '| name | default | allowed | meaning |', '| --- | --- | --- | --- |', ...SETTING_PROPERTIES.map(row), ''].join('\n');
}

describe('docs/settings.md', () => {
  it.each(SETTING_PROPERTIES)('says of %s what it means and what its default is', (property) => {
    const { meaning, defaultValue } = documentation.get(property) ?? {};
    expect(meaning).toMatch(/^[A-Z`].+\.$/);
    expect(defaultValue).toBe(String(defaults[property] ?? 'none'));
  });

  it('is what the class says now', async () => {
    await expect(page()).toMatchFileSnapshot(PAGE);
  });
});
