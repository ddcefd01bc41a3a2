// `node scripts/metrics-table.mjs`: writes docs/metrics.md anew, from the table of metrics.
import { writePage } from './lib/write-page.mjs';

writePage('src/metrics/metrics-page.spec.ts');
