// Links to what is in the repository and no page here (sources, scripts, the licence) become plain text; one to a directory leads to its README.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** @param {import('markdown-it').default} markdown */
export function localLinks(markdown) {
  markdown.core.ruler.push('local_links', ({ tokens, env }) => {
    for (const token of tokens) if (token.children !== null) token.children = resolved(token.children, dirname(env.path ?? join(ROOT, 'README.md')));
  });
}

/** The tokens of a paragraph, without the links that lead nowhere here. */
function resolved(tokens, directory) {
  let unlinked = false;
  return tokens.filter((token) => {
    if (token.type === 'link_close') return !unlinked;
    if (token.type !== 'link_open') return true;
    const href = token.attrGet('href') ?? '';
    const readme = join(href, 'README.md');
    const hasReadme = !isPage(href) && existsSync(join(directory, readme));
    if (hasReadme) token.attrSet('href', readme);
    unlinked = !isPage(href) && !hasReadme;
    return !unlinked;
  });
}

/** Whether the site has it, or it is elsewhere altogether. */
function isPage(href) {
  return /^([a-z]+:|#)/.test(href) || /\.md(#|$)/.test(href);
}
