// `npm run quickstart`: from a fresh checkout to a running server, two tokens, and a line that shows a notification arriving.
import './lib/require-node.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { ensureRoom, makeToken, MEMBER, ROOM, TOKEN_HOURS } from './lib/demo-data.mjs';
import { DemoServer } from './lib/demo-server.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { requireFreePort } from './lib/free-port.mjs';

const DEFAULT_PORT = 8000;
const PARENT_CHECK_INTERVAL_MS = 500;
const ADMIN_SCOPE = 'admin publish';

let server;
let stopping = false;

/** npm passes on a Ctrl-C that this process got already, so only the first call counts. */
function stop() {
  if (stopping) return;
  stopping = true;
  // Nothing is lost where there is no server yet: what was begun is begun again the next time.
  if (server === undefined) process.exit(0);
  process.stdout.write('\nStopping.\n');
  server.stop().then((code) => process.exit(code));
}

function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  if (process.env.npm_lifecycle_event !== 'quickstart') return;
  // A SIGTERM to npm ends npm and the shell between, and gets no further.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), PARENT_CHECK_INTERVAL_MS).unref();
}

function readPort() {
  const text = process.env.PORT || String(DEFAULT_PORT);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`PORT is "${text}"; it must be a whole number from 1 to 65535.`);
  return port;
}

function printWelcome(origin, port, clientToken, adminToken) {
  const url = port === DEFAULT_PORT ? '' : ` --url ${origin}`;
  const tailUrl = port === DEFAULT_PORT ? '' : ` --url ws://localhost:${port}/ws`;
  const publish = `npm run -s chatapi -- publish${url} --room ${ROOM} --content "Hello" --token ${adminToken}`;
  // A queue position of its own: an open console would otherwise take the notification first.
  const tail = `npm run -s chatapi -- tail${tailUrl} --device terminal --count 1 --token ${clientToken}`;
  process.stdout.write(
    `
ChatAPI Delivery is running. Ctrl-C stops it; what it has stored stays.

Health:
  ${origin}/ws/health
Console (numbers, rooms, connections, and a playground that connects by itself and shows what arrives):
  ${origin}/console#token=${clientToken}&admin=${adminToken}

Client token (${MEMBER}, a member of the room ${ROOM}; ${TOKEN_HOURS} h):
  ${clientToken}
Admin token (scope "${ADMIN_SCOPE}"; ${TOKEN_HOURS} h):
  ${adminToken}

See a notification arrive. Paste this line into another terminal, in this directory:
  ${publish} && ${tail}
Or publish with curl, and watch the console:
  curl -X POST ${origin}/api/v1/rooms/${ROOM}/messages -H 'Content-Type: application/json' -d '{"content":"Hello"}' -H 'Authorization: Bearer ${adminToken}'

`,
  );
}

async function quickstart() {
  stopOnSignals();
  const port = readPort();
  const origin = `http://localhost:${port}`;
  await requireFreePort(port, process.env.HOST || '0.0.0.0');
  await ensureDependencies();
  await ensureBuilt();
  const environment = {
    LOG_LEVEL: 'warn',
    SHUTDOWN_DRAIN_SECONDS: '0',
    ...process.env,
    NODE_ENV: 'development',
    PORT: String(port),
  };
  process.stdout.write('Starting.\n');
  server = new DemoServer(environment);
  await server.ready(`${origin}/ws/health`);
  const clientToken = await makeToken(environment, MEMBER);
  const adminToken = await makeToken(environment, 'admin', ADMIN_SCOPE);
  await ensureRoom(origin, adminToken);
  printWelcome(origin, port, clientToken, adminToken);
  const code = await server.exited;
  if (!stopping) throw new Error(`The server ended (exit code ${code}); its message is above.`);
}

quickstart().catch(async (error) => {
  // A signal in the middle of something makes it fail; whoever sent the signal knows.
  if (stopping) return;
  stopping = true;
  process.stderr.write(`${error.message}\n`);
  await server?.stop();
  process.exit(1);
});
