// A program of the system, a peer or a store: whether it is installed, and how it is started and stopped.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVER_CORE } from '../child.mjs';

/** Debian puts servers where the PATH of ordinary users does not look. */
const FURTHER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5000;

/** Where a program is, or undefined when it is not installed. */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FURTHER_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * Starts a program, on the server's core if nothing else is said, with a configuration file in a folder of its own, and waits until it listens.
 *
 * @param portNames for each a free port is taken
 * @param configure makes the file: (ports by name, the folder) => text
 * @param argumentsFor makes the program's arguments: (path of the file) => string[]
 * @returns {pid, ports, stop}
 * @throws Error when it ends, or does not listen in time; what it printed is in the message
 */
export async function startProgram(name, portNames, configure, argumentsFor, core = SERVER_CORE) {
  const folder = mkdtempSync(join(tmpdir(), `chatapi-bench-${name}-`));
  const ports = Object.fromEntries(await Promise.all(portNames.map(async (portName) => [portName, await freePort()])));
  const file = join(folder, 'server.conf');
  writeFileSync(file, configure(ports, folder));
  const child = spawn('taskset', ['-c', String(core), findProgram(name), ...argumentsFor(file)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const stop = async () => {
    child.kill('SIGTERM');
    // Mosquitto may take its time over clients that are still connected.
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(Object.values(ports).map((port) => untilListening(port, child)));
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start: ${output.join('').slice(-2000)}`, { cause: error });
  }
  return { pid: child.pid, ports, stop };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function untilListening(port, child) {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    if (await isListening(port)) return;
    await delay(20);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
