// What is counted of deliveries, and which of them have a latency.
import { describe, expect, it } from 'vitest';
import { DeliveryMeter } from './delivery-meter.js';
import { encodeChunk } from './encoded-chunk.js';

const entry = (seq: number, type: string, at: number): { seq: number; incarnation: number; type: string; data: string; at: number } => ({ seq, incarnation: 0, type, data: '{}', at });
const meterAt = (now: number): DeliveryMeter => new DeliveryMeter({ now: () => now });

describe('a delivery meter', () => {
  const mixed = encodeChunk('r', [entry(1, 'message', 1_000), entry(2, 'room_update', 1_100), entry(3, 'invoice.paid', 1_200), entry(4, 'invoice.sent', 1_300)], 1, 4);

  it('counts by kind, for every connection', () => {
    const meter = meterAt(1_500);
    meter.wroteLive(mixed, 10);
    meter.wrote(mixed, 1, 3, 0);
    meter.wroteStatuses(2);
    expect(meter.written).toEqual({ message: 10, room_update: 11, custom: 21, client_status: 2 });
  });

  it('takes the age of the oldest for all that are written in one go', () => {
    const meter = meterAt(1_500);
    meter.wroteLive(mixed, 10);
    expect([meter.writeLatency.count, meter.writeLatency.sum]).toEqual([40, 20]);
  });

  it('gives no latency to what waited for its connection', () => {
    const meter = meterAt(1_500);
    meter.wrote(mixed, 0, 4, 1_001);
    expect([meter.replayed, meter.writeLatency.count]).toEqual([4, 0]);
    meter.wrote(mixed, 0, 4, 1_000);
    expect([meter.replayed, meter.writeLatency.count]).toEqual([4, 4]);
  });

  it('never measures less than nothing, whatever other servers think what time it is', () => {
    const meter = meterAt(900);
    meter.wroteLive(mixed, 1);
    expect(meter.writeLatency.sum).toBe(0);
  });

  it('counts acknowledgements by what they are made with', () => {
    const meter = meterAt(1_500);
    meter.acknowledges('transport', 5, 2, 1_000);
    meter.acknowledges('client', 3, 0, Infinity);
    meter.resumes(4);
    expect(meter.acknowledged).toEqual({ transport: 5, client: 3, resumption: 4 });
    expect([meter.acknowledgementLatency.transport.count, meter.acknowledgementLatency.transport.sum]).toEqual([2, 1]);
    expect(meter.acknowledgementLatency.client.count).toBe(0);
  });
});
