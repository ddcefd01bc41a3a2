// An auditor looks for who was refused, as docs/audit.md says.
import { followPage } from './follow-page.js';

followPage('docs/audit.md');
