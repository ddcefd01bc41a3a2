// A page's developer follows docs/browser.md.
import { followPage } from './follow-page.js';

followPage('docs/browser.md');
