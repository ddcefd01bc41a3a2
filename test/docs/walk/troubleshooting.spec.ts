// What docs/troubleshooting.md says is seen, is seen: it provokes each of its troubles.
import { followPage } from './follow-page.js';

followPage('docs/troubleshooting.md');
