// Somebody who has a collector, and somebody who has none, look at a trace, as docs/tracing.md says.
import { followPage } from './follow-page.js';

followPage('docs/tracing.md', {
  before: ({ terminal }) => terminal.start('node test/docs/walk/otlp-printer.mjs', 'waiting for spans'),
  after: async ({ terminal }, step) => {
    if (!step.text.includes('Traced')) return;
    for (const span of ['publish', 'append']) await terminal.sees(` ${span} of chat\n`);
  },
});
