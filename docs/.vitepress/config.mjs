// The documentation as a site: the same Markdown that GitHub shows, README.md first. Nothing on it is fetched from elsewhere.
import { defineConfig } from 'vitepress';
import { diagrams } from './diagrams.mjs';
import { headingSlug } from './heading-slug.mjs';
import { localLinks } from './local-links.mjs';
import { sidebar } from './sidebar.mjs';

/** A bell, as an image of its own: there is no file to fetch. */
const ICON = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><text y="13" font-size="13">🔔</text></svg>';

export default defineConfig({
  title: 'ChatAPI Delivery',
  description: 'Real-time notification delivery: at least once, in order within a room, over one WebSocket.',
  head: [['link', { rel: 'icon', href: ICON }]],
  // The pages keep their places, so their links to each other are the same here and on GitHub.
  srcDir: '..',
  srcExclude: ['**/node_modules/**', '{bench,deploy,dist,reports,scripts,test,web}/**', 'data/**'],
  rewrites: { 'README.md': 'index.md' },
  cacheDir: '../node_modules/.vitepress',
  markdown: {
    anchor: { slugify: headingSlug },
    config: (markdown) => {
      diagrams(markdown);
      localLinks(markdown);
    },
  },
  themeConfig: {
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: 'Before', next: 'Next' },
  },
  vite: { configFile: false, publicDir: false, build: { chunkSizeWarningLimit: 2048 } },
});
