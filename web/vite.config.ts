// How the console is built: into dist/console/page, where the server looks for it.
import { defineConfig } from 'vite';

/** Where `npm run dev:console` finds a server. */
const SERVER = 'http://localhost:8000';

export default defineConfig({
  // The page stands at /console, without a slash behind it, and what it loads below /console/. Relative, so that a proxy may
  // put the server below a path of its own.
  base: './',
  build: {
    outDir: '../dist/console/page',
    assetsDir: 'console',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing may stand in a data: URL or in the page itself: the content security policy allows neither.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: { '/api': SERVER, '/ws': { target: SERVER, ws: true } },
  },
});
