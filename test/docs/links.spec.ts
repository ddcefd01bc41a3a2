// Links between the pages lead somewhere, on GitHub as on the site: to a file that there is, and to a heading in it.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/server-process.js';
import { anchors, type Link, localLinks, pages } from './markdown.js';

/** What is wrong with a link; undefined where nothing is. */
function fault({ page, line, target }: Link): string | undefined {
  const [path, anchor] = target.split('#');
  const file = path === '' ? page : relative(PROJECT_ROOT, join(PROJECT_ROOT, dirname(page), path));
  const place = `${page}:${line}: ${target}`;
  if (!existsSync(join(PROJECT_ROOT, file))) return `${place} is no file`;
  return anchor === undefined || anchors(file).has(anchor) ? undefined : `${place} is no heading`;
}

it.each(pages())('%s links to what there is', (page) => {
  expect(localLinks(page).flatMap((link) => fault(link) ?? [])).toEqual([]);
});
