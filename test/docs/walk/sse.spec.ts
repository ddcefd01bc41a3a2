// Somebody without WebSockets follows docs/sse.md.
import { followPage } from './follow-page.js';

followPage('docs/sse.md');
