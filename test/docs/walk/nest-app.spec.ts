// Somebody tries the example application, as its README says.
import { followPage } from './follow-page.js';

followPage('examples/nest-app/README.md');
