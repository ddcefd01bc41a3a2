// Writes docs/api/, which is in no repository: what the package exports, with its comments, as pages of the site.
import { join } from 'node:path';
import { Application } from 'typedoc';

const ROOT = join(import.meta.dirname, '..', '..');

const DOORS = ['src/index.ts', 'src/client/index.ts'];

/** The doors' pages, by the names that TypeDoc gives them. */
const PAGES = { index: 'server', client: 'client' };

const application = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: DOORS.map((door) => join(ROOT, door)),
  tsconfig: join(ROOT, 'tsconfig.build.json'),
  outputs: [{ name: 'markdown', path: join(ROOT, 'docs', 'api') }],
  name: 'What the package exports',
  readme: 'none',
  // The suite `typecheck` finds errors; here they would only be found again.
  skipErrorChecking: true,
  logLevel: 'Error',
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  excludeTags: ['@publicApi'],
  disableSources: true,
  router: 'module',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
});
const project = await application.convert();
if (project === undefined) throw new Error('The sources could not be read');
for (const door of project.children) door.name = PAGES[door.name];
await application.generateOutputs(project);
if (application.logger.hasErrors()) process.exitCode = 1;
