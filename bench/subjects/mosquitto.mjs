// Mosquitto 2: a topic for each room, receivers over WebSocket (MQTT 3.1.1), one publisher over TCP.
import mqtt from 'mqtt-packet';
import { messageOf } from '../peers/message.mjs';
import { findProgram, startProgram } from './program.mjs';
import { openPublisher } from './publisher.mjs';
import { seatsOf } from './seats.mjs';

const PROGRAM = 'mosquitto';
const PINGRESP = 0xd0;

export const isMosquittoInstalled = () => findProgram(PROGRAM) !== undefined;

/** Starts it without authentication and without a store. */
export async function startMosquitto() {
  const server = await startProgram(PROGRAM, ['publisher', 'websocket'], configure, (file) => ['-c', file]);
  const hello = mqtt.generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'publisher', clean: true, keepalive: 0 });
  const publisher = await openPublisher(server.ports.publisher, { hello, barrier: mqtt.generate({ cmd: 'pingreq' }), countAnswers: countPingResponses() });
  let qos = 0;
  let generation = 0;
  const publish = (items) => publisher.send(Buffer.concat(items.map(({ room, content }, index) => publication(`g${generation}/room${room}`, content, qos, index))));
  return {
    pids: [server.pid],
    /** `persistent`: what is published while a member is away waits for it. */
    open: async ({ rooms, members, persistent = false }) => {
      generation++;
      qos = persistent ? 1 : 0;
      const url = `ws://127.0.0.1:${server.ports.websocket}/mqtt`;
      return seatsOf(rooms, members, (room) => ({ url, protocols: ['mqtt'], wire: 'mqtt', topic: `g${generation}/room${room}`, qos, persistent }));
    },
    publish,
    publishOne: (item) => publish([item]),
    stop: async () => {
      publisher.close();
      await server.stop();
    },
  };
}

/** Where a default would lose or hold back notifications it is raised; what it does at each notification stays as it is. */
const configure = ({ publisher, websocket }) => `
listener ${publisher} 127.0.0.1
listener ${websocket} 127.0.0.1
protocol websockets
allow_anonymous true
persistence false
log_dest none
sys_interval 0
set_tcp_nodelay true
max_queued_messages 2000
`;

function publication(topic, content, qos, index) {
  return mqtt.generate({ cmd: 'publish', topic, payload: JSON.stringify(messageOf(topic, content)), qos, messageId: qos > 0 ? (index % 65_535) + 1 : undefined });
}

/** Counts PINGRESPs among PUBACKs and the CONNACK, all of which are shorter than 128 bytes. */
function countPingResponses() {
  let received = Buffer.alloc(0);
  return (bytes) => {
    received = Buffer.concat([received, bytes]);
    let count = 0;
    let at = 0;
    while (at + 2 <= received.length && at + 2 + received[at + 1] <= received.length) {
      if (received[at] === PINGRESP) count++;
      at += 2 + received[at + 1];
    }
    received = received.subarray(at);
    return count;
  };
}
