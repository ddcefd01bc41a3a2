// This server: tokens verified, membership decided at each publish, everything stored, acknowledgements on.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_CORE, startPinned } from '../child.mjs';

const SCRIPT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 30_000;

/** Starts the server with `durability` `os` or `fsync`. */
export async function startChatapi(durability) {
  const secret = randomBytes(32).toString('hex');
  const dataDir = mkdtempSync(join(tmpdir(), 'chatapi-bench-'));
  const server = startPinned(SERVER_CORE, SCRIPT, [], {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DURABILITY: durability,
    JWT_SECRET: secret,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
  });
  const base = `http://127.0.0.1:${await listeningPort(server)}`;
  const admin = sign(secret, 'bench', 'admin publish');
  const api = (method, path, body) => call(`${base}/api/v1${path}`, method, admin, body);
  let rooms = 0;
  return {
    name: `ChatAPI Delivery, ${durability}`,
    pid: server.pid,
    prepare: async (members) => {
      const ids = Array.from({ length: members }, (_, i) => `c${i}`);
      await api('POST', '/rooms', { id: `room${++rooms}`, members: ids });
      return ids.map((id) => `${base.replace('http', 'ws')}/ws?token=${sign(secret, id)}`);
    },
    publish: (items) => api('POST', '/publish', items.map((item) => ({ ...item, room_id: `room${rooms}` }))),
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function listeningPort(server) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const line = server.output().split('\n').find((text) => text.includes('"msg":"listening"'));
    if (line !== undefined) return JSON.parse(line).port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server did not start: ${server.output()}`);
}

async function call(url, method, token, body) {
  const response = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url}: HTTP ${response.status} ${await response.text()}`);
}

function sign(secret, sub, scope) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub, exp: Math.floor(Date.now() / 1000) + 3600, ...(scope && { scope }) };
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
}
