// A backend's developer follows docs/publishing.md.
import { followPage } from './follow-page.js';

followPage('docs/publishing.md');
