// A newcomer follows README.md, and copies the two tokens that quickstart prints.
import { followPage } from './follow-page.js';

followPage('README.md', {
  after: async ({ terminal }, step) => {
    if (!step.text.startsWith('npm run quickstart')) return;
    const [, client, admin] = /\nClient token .*\n\s+(\S+)\nAdmin token .*\n\s+(\S+)\n/.exec(terminal.output) ?? [];
    await terminal.run(`CLIENT_TOKEN=${client} ADMIN_TOKEN=${admin}`);
  },
});
