// What can be known of commands without running them: that the scripts, files, options and settings that they name are there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentName } from '../../src/config/setting-name.js';
import { SETTING_PROPERTIES } from '../../src/config/settings.js';
import { PROJECT_ROOT } from '../support/server-process.js';

const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/** npm's own commands, and what everybody knows. */
const NPM = ['install', 'test', 'start', 'pack'];
/** Of other programs and tools. */
const OTHER_VARIABLES = /^(OTEL_\w+|NODE_ENV|FUZZ_(SECONDS|SEED)|SHOP_SECRET)$/;

/** What is wrong with commands; nothing where everything that they name exists. */
export function faultsOfCommands(text: string): string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  const commands = lines.flatMap((line) => line.split(/\s*(?:&&|\||;)\s*/)).filter((command) => command !== '');
  let directory = PROJECT_ROOT;
  return commands.flatMap((command) => {
    const entered = /^cd (\S+)$/.exec(command);
    if (entered !== null) directory = join(directory, entered[1]);
    const faults = [...unknownVariables(command), ...faultsOfProgram(command, directory)];
    return faults.map((fault) => `${command}: ${fault}`);
  });
}

/** Settings that stand before a command, or are exported. */
function unknownVariables(command: string): string[] {
  const assignments = /^(?:export )?((?:[A-Z_]+=\S+\s*)+)/.exec(command)?.[1] ?? '';
  const settings = SETTING_PROPERTIES.map(environmentName);
  return [...assignments.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name).filter((name) => !settings.includes(name) && !OTHER_VARIABLES.test(name)).map((name) => `no setting ${name}`);
}

function faultsOfProgram(command: string, directory: string): string[] {
  const [program, ...words] = command.replace(/^(?:export )?(?:[A-Z_]+=\S+\s*)+/, '').split(/\s+/);
  const missing = (path: string, from = directory): string[] => (existsSync(join(from, path)) ? [] : [`no ${path}`]);
  switch (program) {
    case 'npm': {
      const script = words[0] === 'run' ? words.find((word, at) => at > 0 && !word.startsWith('-')) : words[0];
      return script !== undefined && (Object.hasOwn(scripts, script) || (words[0] !== 'run' && NPM.includes(script))) ? [] : [`no script ${script}`];
    }
    case 'npx':
      return words[0] === 'vitest' ? words.filter((word) => word.endsWith('.ts')).flatMap((path) => missing(path)) : [`npx ${words[0]} is not known to this test`];
    case 'chatapi':
      return unknownOptions(words);
    case 'docker':
      if (words[0] === 'build') return missing(words[words.indexOf('-f') + 1]);
      if (words[0] === 'compose') return unknownServices(directory, words);
      return words[0] === 'run' ? [] : [`docker ${words[0]} is not known to this test`];
    case 'kubectl':
      return missing(words[words.length - 1]);
    case 'cd':
      return missing('.');
    case 'cp':
      return missing(words[0]);
    case 'cat':
    case 'jq':
    case 'less':
    case 'curl':
    case 'systemctl':
    case '':
      return [];
    default:
      return [`${program} is not known to this test`];
  }
}

function unknownOptions([command, ...words]: string[]): string[] {
  const { stdout, status } = spawnSync(process.execPath, ['dist/cli/main.js', command, '--help'], { cwd: PROJECT_ROOT, encoding: 'utf8' });
  if (status !== 0) return [`no command ${command}`];
  return words.filter((word) => word.startsWith('--') && !stdout.includes(`${word} `)).map((word) => `no option ${word}`);
}

/** Services of a Compose file that are named and not there. */
function unknownServices(directory: string, words: string[]): string[] {
  const { services } = parse(readFileSync(join(directory, 'compose.yaml'), 'utf8'), { merge: true }) as { services: object };
  return words.filter((word) => /^node\d/.test(word) && !Object.hasOwn(services, word)).map((word) => `no service ${word}`);
}
