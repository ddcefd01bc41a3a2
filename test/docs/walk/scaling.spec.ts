// Somebody tries two servers over one Redis, and moves a store there that has been used, as docs/scaling.md says.
import { followPage } from './follow-page.js';

const PENDING = 'Published before the move';

followPage('docs/scaling.md', {
  before: async ({ terminal }) => {
    await terminal.start('npm run quickstart', 'See a notification arrive');
    await terminal.run(`npm run -s chatapi -- publish --room lobby --content "${PENDING}" --token "$(npm run -s chatapi -- token --sub backend --scope publish)"`);
    await terminal.interrupt();
  },
  after: async ({ terminal }, step) => {
    if (!step.text.includes('REDIS_PREFIX=moved JWT_SECRET')) return;
    await terminal.run('npm run -s chatapi -- tail --count 1 --token "$(JWT_SECRET=$(cat data/jwt-secret) npm run -s chatapi -- token --sub alice)"');
    await terminal.sees(PENDING);
  },
});
