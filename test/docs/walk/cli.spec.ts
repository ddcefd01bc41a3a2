// Somebody measures a server, as docs/cli.md says.
import { followPage } from './follow-page.js';

followPage('docs/cli.md');
