// Somebody tries the benchmark and the profile, as docs/benchmarks.md says.
import { followPage } from './follow-page.js';

followPage('docs/benchmarks.md');
