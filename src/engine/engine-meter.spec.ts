// What is counted of an engine's calls.
import { describe, expect, it } from 'vitest';
import { ChatError, SYSTEM_TENANT } from '../protocol/index.js';
import type { AppendRequest, DeliveryEngine } from './delivery-engine.interface.js';
import { EngineMeter, MEASURED_CALLS } from './engine-meter.js';

const APPENDED = { seq: 1, incarnation: 0, at: 0, duplicate: false };
const request = (type: string, tenant = 't'): AppendRequest => ({ tenant, log: 'r', type, data: '{}', at: 0 });

/** Answers every call with what it was given as an answer. */
function measured(answer: unknown): { meter: EngineMeter; engine: DeliveryEngine } {
  const call = (): Promise<unknown> => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  const engine = Object.fromEntries(MEASURED_CALLS.map((name) => [name, call])) as unknown as DeliveryEngine;
  const meter = new EngineMeter();
  meter.attach(engine);
  return { meter, engine };
}

describe('a measured engine', () => {
  it('counts what was appended by kind, repetitions apart, and nothing of the server’s own', async () => {
    const { meter, engine } = measured([APPENDED, APPENDED, { ...APPENDED, duplicate: true }, new ChatError('ROOM_NOT_FOUND'), APPENDED]);
    await engine.append([request('message'), request('invoice.paid'), request('message'), request('message'), request('canary', SYSTEM_TENANT)]);
    expect(meter.published).toEqual({ message: 1, custom: 1, room_update: 0, client_status: 0 });
    expect(meter.duplicates).toBe(1);
    expect(meter.calls.get('append')).toMatchObject({ latency: { count: 1 }, failures: { unavailable: 0, full: 0, other: 0 } });
  });

  it('counts changes of members unless they are silent', async () => {
    const { meter, engine } = measured({ added: ['a', 'b'], removed: ['c'] });
    await engine.changeMembers({ tenant: 't', roomId: 'r', changes: [], silent: false, at: 0 });
    await engine.changeMembers({ tenant: 't', roomId: 'r', changes: [], silent: true, at: 0 });
    expect(meter.published.room_update).toBe(3);
  });

  it.each([
    [new ChatError('STORE_UNAVAILABLE'), { unavailable: 1, full: 0, other: 0 }],
    [new ChatError('STORE_FULL'), { unavailable: 0, full: 1, other: 0 }],
    [new Error('unforeseen'), { unavailable: 0, full: 0, other: 1 }],
    [new ChatError('ROOM_NOT_FOUND'), { unavailable: 0, full: 0, other: 0 }],
  ])('counts %s, and passes it on', async (error, failures) => {
    const { meter, engine } = measured(error);
    await expect(engine.getRoom('t', 'r')).rejects.toBe(error);
    expect(meter.calls.get('getRoom')).toMatchObject({ latency: { count: 1 }, failures });
  });

  it('counts single publications that failed', async () => {
    const { meter, engine } = measured([APPENDED, new ChatError('STORE_FULL')]);
    await engine.append([request('message'), request('message')]);
    expect(meter.calls.get('append')?.failures.full).toBe(1);
  });
});
