// Somebody who comes from Socket.IO follows docs/socket-io.md.
import { followPage } from './follow-page.js';

followPage('docs/socket-io.md');
