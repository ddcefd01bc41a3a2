// A newcomer follows docs/getting-started.md.
import { followPage } from './follow-page.js';

followPage('docs/getting-started.md');
