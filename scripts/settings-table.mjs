// `node scripts/settings-table.mjs`: writes docs/settings.md anew, from the class that holds the settings.
import { writePage } from './lib/write-page.mjs';

writePage('src/config/settings-page.spec.ts');
