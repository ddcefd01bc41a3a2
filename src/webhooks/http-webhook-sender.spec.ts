// The sender by itself, with names that stand for whatever a test says.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpWebhookSender, type ResolveName } from './http-webhook-sender.js';

const MESSAGE = { id: 'evt_1', body: '{"type":"x"}', attempt: 1 };
const clock = { now: () => 1_705_314_600_000 };

let requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(request.headers.host ?? '');
  response.writeHead(204).end();
});
const senders: HttpWebhookSender[] = [];

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  requests = [];
  for (const sender of senders.splice(0)) sender.close();
});

/** Sends to a name that stands for these addresses, from one resolution to the next. */
async function send(allow: string, resolutions: readonly (readonly string[])[], protocol = 'http') {
  let resolved = 0;
  const resolve: ResolveName = (_hostname, _options, callback) => {
    const addresses = resolutions[Math.min(resolved++, resolutions.length - 1)];
    callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  const settings = {
    webhookUrls: `${protocol}://receiver.example:${(server.address() as AddressInfo).port}/`,
    webhookSecret: 'x'.repeat(32),
    webhookAllowPrivateAddresses: allow,
    webhookTimeoutSeconds: 5,
  };
  const sender = new HttpWebhookSender(settings, clock, resolve);
  senders.push(sender);
  const outcome = await sender.send(sender.destinations[0], MESSAGE, new AbortController().signal);
  return { outcome, resolved, sender };
}

describe('a name', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', '10.0.0.1', '169.254.169.254', '93.184.216.34 127.0.0.1', ''])('that stands for "%s" is not connected to', async (addresses) => {
    const { outcome } = await send('false', [addresses.split(' ').filter((address) => address !== '')], 'https');
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'address' });
    expect(requests).toEqual([]);
  });

  it('is connected to at the address that was looked at: another answer a moment later changes nothing', async () => {
    const { outcome, resolved } = await send('127.0.0.1', [['127.0.0.1'], ['10.0.0.1']]);
    expect([outcome, resolved]).toEqual([{ kind: 'delivered' }, 1]);
    const rebound = await send('false', [['10.0.0.1'], ['127.0.0.1']]);
    expect([rebound.outcome.kind, rebound.resolved]).toEqual(['failed', 1]);
    expect(requests).toHaveLength(1);
  });

  it('that stands for a public address is not sent to without TLS', async () => {
    expect((await send('true', [['93.184.216.34']])).outcome).toMatchObject({ kind: 'failed', reason: 'address' });
  });
});

describe('an attempt', () => {
  it('ends when it is told to', async () => {
    const hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`;
    const sender = new HttpWebhookSender({ webhookUrls: url, webhookSecret: 'x'.repeat(32), webhookAllowPrivateAddresses: 'true', webhookTimeoutSeconds: 300 }, clock);
    const end = new AbortController();
    const outcome = sender.send(sender.destinations[0], MESSAGE, end.signal);
    hanging.once('request', () => end.abort());
    expect(await outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
    sender.close();
    hanging.closeAllConnections();
    hanging.close();
  });

  it('at a port where nobody listens fails, named by host alone', async () => {
    const sender = new HttpWebhookSender({ webhookUrls: 'http://127.0.0.1:1/hunter2', webhookSecret: 'x'.repeat(32), webhookAllowPrivateAddresses: 'true', webhookTimeoutSeconds: 5 }, clock);
    expect(await sender.send(sender.destinations[0], MESSAGE, new AbortController().signal)).toEqual({ kind: 'failed', reason: 'unreachable', detail: '127.0.0.1:1: ECONNREFUSED' });
  });

  it('uses the connection of the one before', async () => {
    const { sender, resolved } = await send('true', [['127.0.0.1']]);
    for (let i = 0; i < 3; i++) await sender.send(sender.destinations[0], MESSAGE, new AbortController().signal);
    expect([requests.length, resolved]).toEqual([4, 1]);
  });
});
