// Every way in which a connection can end.
import { clientFrame, closeFrame, Opcode } from '../../support/client-frame.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { each, type Ending, together } from './ending.js';

/** By the client, or by its network. */
const byTheClient: readonly Ending[] = [
  {
    name: 'a closing handshake',
    clients: 80,
    outcomes: ['closed with 1000'],
    run: each(async (scene, clientId) => (await scene.connect(clientId).opened()).close()),
  },
  {
    name: 'a reset',
    clients: 60,
    outcomes: ['cut'],
    run: each(async (scene, clientId) => (await scene.connect(clientId).opened()).cut()),
  },
  {
    name: 'a FIN without a close frame',
    clients: 40,
    outcomes: ['cut', 'closed with 1006'],
    run: each(async (scene, clientId) => (await scene.connect(clientId).opened()).cut('fin')),
  },
  {
    name: 'a reset of an event stream',
    clients: 40,
    outcomes: ['refused with 200'],
    run: each(async (scene, clientId) => (await scene.eventStream(clientId)).cut()),
  },
  {
    name: 'a FIN of an event stream',
    clients: 40,
    outcomes: ['refused with 200'],
    run: each(async (scene, clientId) => (await scene.eventStream(clientId)).cut('fin')),
  },
  {
    name: 'a reset before its token is verified',
    clients: 40,
    outcomes: ['cut'],
    run: each(async (scene, clientId) => {
      const client = scene.connect(clientId);
      await new Promise((resolve) => client.socket.once('connect', resolve));
      return client.cut();
    }),
  },
  {
    name: 'a reset while its queue is being opened',
    clients: 40,
    outcomes: ['cut'],
    run: each(async (scene, clientId) => (await scene.connect(clientId).answered()).cut()),
  },
  {
    name: 'a close frame in the packet of the upgrade',
    clients: 40,
    outcomes: ['closed with 1000'],
    run: each((scene, clientId) => {
      const request = Buffer.concat([Buffer.from(scene.request(clientId)), closeFrame(1000)]);
      return scene.connect(clientId, { request }).ended();
    }),
  },
  {
    name: 'a network that swallows everything',
    clients: 8,
    outcomes: ['cut'],
    lingers: true,
    run: async (scene, clients) => {
      const proxy = await new TcpProxy(() => scene.server.port).listen();
      const connected = await Promise.all(clients.map((clientId) => scene.connect(clientId, { port: proxy.port }).opened()));
      proxy.swallow();
      const gone = await Promise.all(connected.map((client) => client.cut()));
      scene.abandoned.push({ destroy: () => void proxy.close() });
      return gone;
    },
  },
];

/** By the server, before there is a connection. */
const byRefusal: readonly Ending[] = [
  {
    name: 'a bad token',
    clients: 30,
    outcomes: ['closed with 4401', 'refused with 401'],
    // A third of them from one address, which has failed too often after a few.
    run: each((scene, clientId, index) =>
      scene.connect(clientId, { token: 'no.good.token', ...(index % 3 === 0 && { headers: { 'X-Forwarded-For': '192.0.2.1' } }) }).ended(),
    ),
  },
  {
    name: 'a foreign origin',
    clients: 20,
    outcomes: ['refused with 403'],
    run: each((scene, clientId) => scene.connect(clientId, { headers: { Origin: 'https://evil.example' } }).ended()),
  },
  {
    name: 'an upgrade that is none',
    clients: 10,
    outcomes: ['refused with 400', 'refused with 426'],
    run: each((scene, clientId) => {
      const request = scene.request(clientId).replace('Version: 13', 'Version: 12');
      return scene.connect(clientId, { request }).ended();
    }),
  },
  {
    name: 'half a request',
    clients: 5,
    outcomes: ['cut', 'refused with 408'],
    lingers: true,
    run: each((scene, clientId) => scene.connect(clientId, { request: 'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\n' }).ended()),
  },
  {
    name: 'more connections than a client may have',
    clients: 5,
    outcomes: ['closed with 4429'],
    run: each(async (scene, clientId) => {
      const allowed = await Promise.all([scene.connect(clientId).opened(), scene.connect(clientId).opened()]);
      const refused = await scene.connect(clientId).ended();
      await Promise.all(allowed.map((client) => client.close()));
      return refused;
    }),
  },
  {
    name: 'more connections than an address may have',
    clients: 5,
    outcomes: ['refused with 429'],
    run: each(async (scene, clientId) => {
      const address = { headers: { 'X-Forwarded-For': `203.0.113.${scene.connects % 250}` } };
      const allowed = await Promise.all(Array.from({ length: 4 }, (_, n) => scene.connect(`${clientId}-${n}`, address).opened()));
      const refused = await scene.connect(clientId, address).ended();
      await Promise.all(allowed.map((client) => client.close()));
      return refused;
    }),
  },
  {
    name: 'a ban',
    clients: 4,
    outcomes: ['closed with 4403'],
    run: each(async (scene, clientId) => {
      await scene.admin.request('PUT', `/bans/${clientId}`, { seconds: 60 });
      return scene.connect(clientId).ended();
    }),
  },
];

/** By the server, for what the client sent. */
const byFault: readonly Ending[] = [
  {
    name: 'too many invalid frames',
    clients: 20,
    outcomes: ['closed with 4400'],
    run: each(async (scene, clientId) => {
      const client = await scene.connect(clientId).opened();
      for (let i = 0; i < 3; i++) client.send('no JSON');
      return client.ended();
    }),
  },
  {
    name: 'a frame that is not masked',
    clients: 10,
    outcomes: ['closed with 1002'],
    run: each(async (scene, clientId) => {
      const client = await scene.connect(clientId).opened();
      client.sendBytes(clientFrame(Opcode.Text, '{}', { masked: false }));
      return client.ended();
    }),
  },
  {
    name: 'invalid UTF-8',
    clients: 10,
    outcomes: ['closed with 1007'],
    run: each(async (scene, clientId) => {
      const client = await scene.connect(clientId).opened();
      client.sendBytes(clientFrame(Opcode.Text, Buffer.from([0xff, 0xfe])));
      return client.ended();
    }),
  },
  {
    name: 'a frame that is too large',
    clients: 20,
    outcomes: ['closed with 1009'],
    run: each(async (scene, clientId) => {
      const client = await scene.connect(clientId).opened();
      client.sendBytes(clientFrame(Opcode.Text, 'x'.repeat(8192)));
      return client.ended();
    }),
  },
];

/** By the server, because time passes. */
const byTime: readonly Ending[] = [
  {
    name: 'missed heartbeats',
    clients: 8,
    outcomes: ['closed with 4408'],
    lingers: true,
    run: each(async (scene, clientId) => (await scene.connect(clientId, { polite: false }).opened()).ended()),
  },
  {
    name: 'a client that never reads',
    clients: 8,
    outcomes: ['cut'],
    lingers: true,
    run: async (scene, clients, room) => {
      const connected = await Promise.all(clients.map((clientId) => scene.connect(clientId).opened()));
      for (const { socket } of connected) socket.pause();
      await scene.admin.publishAll(Array.from({ length: 300 }, () => ({ room_id: room, content: 'x'.repeat(4000) })));
      scene.abandoned.push(...connected.map(({ socket }) => socket));
      return connected;
    },
  },
  {
    name: 'its lifetime',
    clients: 10,
    outcomes: ['closed with 4001'],
    lingers: true,
    run: each(async (scene, clientId) => (await scene.connect(clientId).opened()).ended()),
  },
  {
    name: 'an expired token',
    clients: 5,
    outcomes: ['closed with 4401'],
    lingers: true,
    run: each(async (scene, clientId) => (await scene.connect(clientId, {}, { exp: Math.floor(Date.now() / 1000) + 2 }).opened()).ended()),
  },
];

/** By an administrator. */
const byAdministration: readonly Ending[] = [
  {
    name: 'an administrator who ends the connections of a client',
    clients: 8,
    outcomes: ['closed with 4001'],
    run: together(async (scene, clients) => {
      await Promise.all(clients.map((clientId) => scene.admin.request('DELETE', `/clients/${clientId}/connections`)));
    }),
  },
  {
    name: 'an administrator who bans',
    clients: 4,
    outcomes: ['closed with 4403'],
    run: together(async (scene, clients) => {
      await Promise.all(clients.map((clientId) => scene.admin.request('PUT', `/bans/${clientId}`, { seconds: 60 })));
    }),
  },
  {
    name: 'a revoked token',
    clients: 4,
    outcomes: ['closed with 4401'],
    run: together(async (scene, clients) => {
      await Promise.all(clients.map((clientId) => scene.admin.request('POST', '/tokens/revoke', { client_id: clientId })));
    }),
  },
  {
    name: 'a closing handshake after it was removed from its room',
    clients: 10,
    outcomes: ['closed with 1000'],
    run: async (scene, clients, room) => {
      const connected = await Promise.all(clients.map((clientId) => scene.connect(clientId).opened()));
      await scene.admin.request('POST', `/rooms/${room}/members`, { remove: clients });
      return Promise.all(connected.map((client) => client.close()));
    },
  },
  {
    name: 'a reset after its room was deleted',
    clients: 10,
    outcomes: ['cut'],
    run: async (scene, clients, room) => {
      const connected = await Promise.all(clients.map((clientId) => scene.connect(clientId).opened()));
      await scene.admin.deleteRoom(room);
      return Promise.all(connected.map((client) => client.cut()));
    },
  },
];

/** All of them. */
export const ENDINGS: readonly Ending[] = [...byTheClient, ...byRefusal, ...byFault, ...byTime, ...byAdministration];
