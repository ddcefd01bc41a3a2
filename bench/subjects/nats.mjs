// NATS core: a subject of NATS for each room, receivers over WebSocket without TLS, one publisher over its TCP port.
import { messageOf } from '../peers/message.mjs';
import { findProgram, startProgram } from './program.mjs';
import { openPublisher } from './publisher.mjs';
import { seatsOf } from './seats.mjs';

const PROGRAM = 'nats-server';
const CONNECT = 'CONNECT {"verbose":false,"pedantic":false,"lang":"bench","version":"1","protocol":1}\r\n';

export const isNatsInstalled = () => findProgram(PROGRAM) !== undefined;

/** Starts it with its defaults: no compression, no authentication, and a connection is cut when 64 MB wait for it. */
export async function startNats() {
  const server = await startProgram(PROGRAM, ['publisher', 'websocket'], configure, (file) => ['-c', file]);
  const publisher = await openPublisher(server.ports.publisher, { hello: Buffer.from(CONNECT), barrier: Buffer.from('PING\r\n'), countAnswers: countPongs() });
  const publish = (items) => publisher.send(Buffer.from(items.map(publication).join('')));
  return {
    pids: [server.pid],
    open: async ({ rooms, members }) =>
      seatsOf(rooms, members, (room) => ({ url: `ws://127.0.0.1:${server.ports.websocket}/`, wire: 'nats', subject: subjectOf(room) })),
    publish,
    publishOne: (item) => publish([item]),
    stop: async () => {
      publisher.close();
      await server.stop();
    },
  };
}

const configure = ({ publisher, websocket }) => `
host: "127.0.0.1"
port: ${publisher}
websocket { host: "127.0.0.1", port: ${websocket}, no_tls: true }
`;

const subjectOf = (room) => `room.${room}`;

function publication({ room, content }) {
  const payload = JSON.stringify(messageOf(room, content));
  return `PUB ${subjectOf(room)} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`;
}

function countPongs() {
  let received = '';
  return (bytes) => {
    const lines = (received + bytes.latin1Slice()).split('\r\n');
    received = lines.pop();
    const error = lines.find((line) => line.startsWith('-ERR'));
    if (error !== undefined) throw new Error(error);
    return lines.filter((line) => line === 'PONG').length;
  };
}
