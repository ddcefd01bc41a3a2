// A Nest gateway on WsAdapter that loops over client.send.
import { fileURLToPath } from 'node:url';
import { SERVER_CORE, startPinned } from '../child.mjs';

const SCRIPT = fileURLToPath(new URL('../peers/nest-gateway.mjs', import.meta.url));

/** Starts the peer. */
export async function startNestDefault() {
  const server = startPinned(SERVER_CORE, SCRIPT);
  const { port } = await server.message(({ kind }) => kind === 'listening');
  return {
    name: 'Nest WsAdapter, client.send loop',
    pid: server.pid,
    prepare: async (members) => Array.from({ length: members }, () => `ws://127.0.0.1:${port}/ws`),
    publish: (items) => post(`http://127.0.0.1:${port}/publish`, items),
    stop: server.stop,
  };
}

async function post(url, items) {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(items) });
  if (response.status !== 201) throw new Error(`publish: HTTP ${response.status} ${await response.text()}`);
}
