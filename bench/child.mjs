// Child processes of a measurement, each pinned to one core.
import { spawn } from 'node:child_process';

/** The server under measurement has this core for itself; the load comes from the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Starts a Node script on one core, with `nodeOptions` for Node itself. What it prints is in `output`. */
export function startPinned(core, script, args = [], env = {}, nodeOptions = []) {
  const child = spawn('taskset', ['-c', String(core), process.execPath, ...nodeOptions, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const output = [];
  child.stdout.setEncoding('utf8').on('data', (text) => output.push(text));
  return {
    pid: child.pid,
    child,
    output: () => output.join(''),
    /** Resolves with the next message for which `matches` holds. */
    message: (matches) =>
      new Promise((resolve, reject) => {
        const onExit = (code) => reject(new Error(`${script} ended with ${code}: ${output.join('').slice(-2000)}`));
        const onMessage = (message) => {
          if (!matches(message)) return;
          child.off('message', onMessage);
          child.off('exit', onExit);
          resolve(message);
        };
        child.on('message', onMessage);
        child.once('exit', onExit);
      }),
    send: (message) => child.send(message),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}
