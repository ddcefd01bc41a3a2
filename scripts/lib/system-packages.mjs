// What the tests need beside npm packages: a browser, Redis, load balancers, Prometheus's checker, networks, and clients of other makes. Debian's names; other systems get a message.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

const PYTHON = '/usr/bin/python3';

/** A Debian package, and whether what it brings is here. */
const PACKAGES = [
  { name: 'chromium', present: () => existsSync(process.env.CHROMIUM_PATH || '/usr/bin/chromium') },
  { name: 'redis-server', present: () => succeeds('redis-server', ['--version']) },
  { name: 'nginx-light', present: () => succeeds('nginx', ['-v']) },
  { name: 'haproxy', present: () => succeeds('haproxy', ['-v']) },
  // For promtool. The server that comes with it need not run.
  { name: 'prometheus', present: () => succeeds('promtool', ['--version']) },
  { name: 'iproute2', present: () => succeeds('ip', ['-V']) },
  { name: 'nftables', present: () => succeeds('nft', ['--version']) },
  { name: 'python3-websockets', present: () => hasPythonModule('websockets') },
  { name: 'python3-aiohttp', present: () => hasPythonModule('aiohttp') },
  { name: 'python3-websocket', present: () => hasPythonModule('websocket') },
];

/** Installs what is missing where this user may; says what is missing where not. The tests go on in any case. */
export async function ensureSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const prefix = rightsPrefix();
  if (prefix !== undefined) {
    process.stdout.write(`Installing the Debian packages ${missing.join(', ')}.\n`);
    await runAs(prefix, ['apt-get', 'update']);
    await runAs(prefix, ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '--yes', '--no-install-recommends', ...missing]);
  }
  const stillMissing = missingPackages();
  if (stillMissing.length === 0) return;
  process.stdout.write(
    `\nMissing: ${stillMissing.join(', ')} (names of Debian packages). ${prefix === undefined ? 'They cannot be installed from here.' : 'Installing them failed.'}\n` +
      `Install them yourself: sudo apt-get install ${stillMissing.join(' ')}\n` +
      'Another Chromium is used when CHROMIUM_PATH names its executable. Without one the browser tests fail, without redis-server those of the Redis engine, without nginx and HAProxy those of deploy/, without promtool those of the metrics; without a Python package its test is skipped, without iproute2 and nftables the fault test of servers in network namespaces.\n\n',
  );
}

function missingPackages() {
  return PACKAGES.filter(({ present }) => !present()).map(({ name }) => name);
}

function hasPythonModule(module) {
  return spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
}

/** What to put before a command that needs the superuser's rights; undefined where there is no way without a password. */
function rightsPrefix() {
  if (!succeeds('apt-get', ['--version'])) return undefined;
  if (process.getuid() === 0) return [];
  return succeeds('sudo', ['--non-interactive', 'true']) ? ['sudo', '--non-interactive'] : undefined;
}

function runAs(prefix, command) {
  const [program, ...programArguments] = [...prefix, ...command];
  return run(program, programArguments);
}

function succeeds(program, programArguments) {
  try {
    execFileSync(program, programArguments, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
