// Somebody looks at a trace, as docs/tracing.md says.
import { followPage } from './follow-page.js';

followPage('docs/tracing.md');
