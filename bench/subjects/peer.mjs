// A peer that is a Node process of ours: what people would write instead, without tokens and without a store.
import { fileURLToPath } from 'node:url';
import { SERVER_CORE, startPinned } from '../child.mjs';
import { HttpClient } from '../http-client.mjs';
import { signPeerToken } from '../peers/tokens.mjs';
import { seatsOf } from './seats.mjs';

/** The path of a WebSocket, by wire. */
const PATHS = {
  json: (room) => `/ws?room=${room}`,
  'socket.io': (room) => `/socket.io/?EIO=4&transport=websocket&room=${room}`,
};

/** Starts `bench/peers/<script>.mjs`; with `--token` among its arguments, its clients have tokens. */
export async function startPeer(script, wire, args = []) {
  const server = startPinned(SERVER_CORE, fileURLToPath(new URL(`../peers/${script}.mjs`, import.meta.url)), args);
  const { port } = await server.message(({ kind }) => kind === 'listening');
  const http = new HttpClient(port);
  const tokenOf = (room) => (args.includes('--token') ? `&token=${signPeerToken({ sub: `c${room}` })}` : '');
  return {
    pids: [server.pid],
    open: async ({ rooms, members }) => seatsOf(rooms, members, (room) => ({ url: `ws://127.0.0.1:${port}${PATHS[wire](room)}${tokenOf(room)}`, wire })),
    publish: (items) => http.request('POST', '/publish', JSON.stringify(items)),
    publishOne: ({ room, content }) => http.request('POST', `/rooms/${room}/messages`, JSON.stringify({ content })),
    stop: async () => {
      http.close();
      await server.stop();
    },
  };
}
