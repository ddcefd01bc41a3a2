// Ends the program, with the cure, where Node.js is older than package.json asks for. Import it before anything else.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const [neededMajor, neededMinor] = engines.node.replace(/^>=/, '').split('.').map(Number);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  process.stderr.write(
    `This needs Node.js ${neededMajor}.${neededMinor} or later, and found ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org or with a version manager (nvm install 22), then run it again.\n',
  );
  process.exit(1);
}
