// Before the suites that start the server: build it, unless what was built is newer than its sources.
export { ensureBuilt as default } from '../../scripts/lib/build.mjs';
