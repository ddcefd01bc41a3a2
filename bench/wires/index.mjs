// What servers speak inside a WebSocket.
import { JsonWire } from './json.mjs';
import { MqttWire } from './mqtt.mjs';
import { NatsWire } from './nats.mjs';
import { SocketIoWire } from './socket.io.mjs';

const WIRES = { json: JsonWire, 'socket.io': SocketIoWire, nats: NatsWire, mqtt: MqttWire };

/**
 * A wire is made for each connection, with its seat and its client {send(payload, isBinary?), ready(), receiver}, and has
 * - greet(): the WebSocket is open
 * - read(bytes, start, end): a message has arrived, which may hold several of the wire's own, or a part of one (the wire keeps
 *   what it needs: `bytes` is used again). It calls receiver.notification(bytes, offset of the content) for each
 *   notification, receiver.fault(reason) for what must not come, client.ready() once, when notifications will come from now on,
 *   and client.send for answers of its own.
 */
export function createWire(seat, client) {
  return new WIRES[seat.wire](seat, client);
}
