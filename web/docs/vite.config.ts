// How the page about the API is built: into dist/docs/page, where the server looks for it.
import { defineConfig } from 'vite';

/** Where `npm run dev:docs` finds a server. */
const SERVER = 'http://localhost:8000';

export default defineConfig({
  // The page stands at /docs, without a slash behind it, and what it loads below /docs/; see the console's vite.config.ts.
  base: './',
  build: {
    outDir: '../../dist/docs/page',
    assetsDir: 'docs',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    reportCompressedSize: false,
  },
  server: {
    port: 5174,
    proxy: { '/docs': SERVER },
    fs: { allow: ['..'] },
  },
});
