// Somebody runs the fault tests and the random input for short, as docs/testing.md says.
import { followPage } from './follow-page.js';

followPage('docs/testing.md');
