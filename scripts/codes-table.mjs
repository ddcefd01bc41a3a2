// `npm run docs:codes`: writes docs/codes.md anew, from the tables of error and close codes.
import { writePage } from './lib/write-page.mjs';

writePage('src/protocol/codes-page.spec.ts');
