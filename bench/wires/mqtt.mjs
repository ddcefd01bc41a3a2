// MQTT 3.1.1 in binary WebSocket messages (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html, chapter 6).
import mqtt from 'mqtt-packet';
import { contentOffset } from './content-offset.mjs';
import { Remainder } from './remainder.mjs';

const CONNACK = 2;
const PUBLISH = 3;
const SUBACK = 9;
const PUBACK_BYTES = 4;
const REFUSED = 0x80;

export class MqttWire {
  remainder = new Remainder();
  readPackets = (bytes, start, end) => this.readAll(bytes, start, end);
  /** Packet identifiers of QoS 1 that are to be acknowledged: all of a WebSocket message together. */
  received = [];

  /** @param seat {topic, qos, persistent, client} */
  constructor(seat, client) {
    this.seat = seat;
    this.client = client;
  }

  greet() {
    const { topic, client, persistent } = this.seat;
    const clientId = `${topic}/${client}`;
    this.client.send(mqtt.generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: !persistent, keepalive: 0 }), true);
  }

  read(bytes, start, end) {
    this.remainder.read(bytes, start, end, this.readPackets);
    if (this.received.length > 0) this.acknowledge();
  }

  readAll(bytes, start, end) {
    let at = start;
    while (at + 2 <= end) {
      // The remaining length, 7 bits a byte, lowest first (§2.2.3).
      let body = at + 1;
      let length = 0;
      let shift = 0;
      while (body < end && bytes[body] >= 0x80) {
        length |= (bytes[body++] & 0x7f) << shift;
        shift += 7;
      }
      if (body >= end) break;
      length |= bytes[body++] << shift;
      if (body + length > end) break;
      if (bytes[at] >> 4 === PUBLISH) this.readPublication(bytes, bytes[at], body, body + length);
      else this.readOther(bytes[at] >> 4, bytes, body, body + length);
      at = body + length;
    }
    return at;
  }

  readPublication(bytes, first, body, end) {
    let payload = body + 2 + ((bytes[body] << 8) | bytes[body + 1]);
    if ((first & 0x06) !== 0) {
      this.received.push((bytes[payload] << 8) | bytes[payload + 1]);
      payload += 2;
    }
    const offset = contentOffset(bytes, payload, end);
    if (offset === -1) this.client.receiver.fault(`got ${bytes.latin1Slice(payload, end)}`);
    else this.client.receiver.notification(bytes, offset);
  }

  readOther(kind, bytes, body, end) {
    if (kind === CONNACK && bytes[body + 1] === 0) {
      const hasSession = (bytes[body] & 1) === 1;
      if (hasSession) this.client.ready();
      else this.subscribe();
    } else if (kind === SUBACK && bytes[end - 1] !== REFUSED) this.client.ready();
    else this.client.receiver.fault(`got a packet of kind ${kind}: ${bytes.toString('hex', body, end)}`);
  }

  subscribe() {
    const { topic, qos } = this.seat;
    this.client.send(mqtt.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] }), true);
  }

  acknowledge() {
    const packets = Buffer.allocUnsafe(this.received.length * PUBACK_BYTES);
    this.received.forEach((id, index) => {
      packets.writeUInt16BE(0x4002, index * PUBACK_BYTES);
      packets.writeUInt16BE(id, index * PUBACK_BYTES + 2);
    });
    this.received.length = 0;
    this.client.send(packets, true);
  }
}
