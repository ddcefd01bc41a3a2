// What can be replaced and what can be listened to is what the documentation says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ReplaceableModule } from './replaceable.module.js';

const page = readFileSync(join(import.meta.dirname, '../docs/extending.md'), 'utf8');

/** The names in the first column of the table below a heading. */
function firstColumn(heading: string): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names]) => names.replaceAll('`', '').split(', ')).sort();
}

/** The names that the refusal of another token lists. */
function replaceable(): string[] {
  try {
    ReplaceableModule.forRoot([{ provide: 'other', useValue: 0 }], []);
  } catch (error) {
    return (/what can be replaced is (.*?), each/.exec((error as Error).message)?.[1] ?? '').split(', ');
  }
  return [];
}

describe('docs/extending.md', () => {
  it('lists every token that can be replaced, and no other', () => {
    expect(replaceable().length).toBeGreaterThan(5);
    expect(firstColumn('What can be replaced')).toEqual(replaceable().sort());
  });

  it('lists every event, and no other', () => {
    const source = readFileSync(join(import.meta.dirname, 'events/chat-events.ts'), 'utf8');
    const map = /interface ChatEventMap \{(.*?)\n\}/s.exec(source)?.[1] ?? '';
    const events = [...map.matchAll(/^ {2}(\w+): \[/gm)].map(([, name]) => name);
    expect(events.length).toBeGreaterThan(10);
    expect(firstColumn('What happens')).toEqual(events.sort());
  });
});
