// What webhooks connect to: public addresses and what is allowed beside them, however a URL or an answer tries to lead elsewhere.
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Certificates } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { Metrics } from '../../support/metrics.js';
import { ServerProcess } from '../../support/server-process.js';
import { WEBHOOK_SECRET, WebhookReceiver } from '../../support/webhook-receiver.js';

const BANS = { WEBHOOK_SECRET, WEBHOOK_EVENTS: 'client.banned', WEBHOOK_BACKOFF_BASE_SECONDS: '0.05', WEBHOOK_BACKOFF_MAX_SECONDS: '0.5' };

let server: ServerProcess | undefined;
/** Whoever is connected to it is noted. */
let inside: Server;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  inside = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, resolve));
});
afterEach(async () => {
  await server?.destroy();
  server = undefined;
  inside.close();
});

const port = (): number => (inside.address() as AddressInfo).port;

async function start(settings: Record<string, string>): Promise<ServerProcess> {
  server = await new ServerProcess({ ...BANS, ...settings }).start();
  return server;
}

const attempts = async (outcome: string): Promise<number> => (await Metrics.of(server as ServerProcess)).value('chatapi_webhook_attempts_total', { outcome });

describe('a URL', () => {
  it.each([
    ['https://127.0.0.1/', 'names an address that is not public'],
    ['https://0x7f000001/', 'names an address that is not public'],
    ['https://[::ffff:127.0.0.1]/', 'names an address that is not public'],
    ['https://[fd00:ec2::254]/', 'names an address that is not public'],
    ['https://169.254.169.254/latest/meta-data/', 'names an address that is not public'],
    ['http://hooks.example.com/', 'begins with http:'],
    ['https://me:hunter2@hooks.example.com/', 'holds a user name or a password'],
  ])('%s stops the boot', async (url, problem) => {
    const refused = new ServerProcess({ ...BANS, WEBHOOK_URLS: url });
    await expect(refused.start()).rejects.toThrow(problem);
    expect(refused.output).toContain('WEBHOOK_URLS');
    expect(refused.output).not.toContain('hunter2');
    await refused.destroy();
  });

  it('needs a secret', async () => {
    const refused = new ServerProcess({ WEBHOOK_URLS: 'https://hooks.example.com/' });
    await expect(refused.start()).rejects.toThrow('WEBHOOK_SECRET is not set, and WEBHOOK_URLS needs it');
    await refused.destroy();
  });
});

describe('a name', () => {
  it('that stands for an address which is not public is not connected to, whatever the port and path', async () => {
    const { admin } = await start({ WEBHOOK_URLS: `https://localhost:${port()}/hooks?key=hunter2` });
    await admin.request('PUT', '/bans/mallory', { seconds: 60 });
    await eventually('several attempts', async () => (await attempts('address')) >= 3);
    expect(connections).toBe(0);
    await eventually('the line', () => server?.output.includes('localhost stands for an address that is not allowed'));
    expect(server?.output).not.toMatch(/hunter2|hooks\?/);
  });

  it('is connected to where it is allowed, and only then', async () => {
    const receiver = await new WebhookReceiver().start();
    const url = receiver.url.replace('127.0.0.1', 'localhost');
    const { admin } = await start({ WEBHOOK_URLS: url, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8, ::1' });
    await admin.request('PUT', '/bans/mallory', { seconds: 60 });
    await receiver.event('client.banned', 'mallory');
    await server?.destroy();
    await start({ WEBHOOK_URLS: url, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '10.0.0.0/8' });
    await server?.admin.request('PUT', '/bans/trudy', { seconds: 60 });
    await eventually('an attempt', async () => (await attempts('address')) >= 1);
    expect(receiver.of('client.banned', 'trudy')).toEqual([]);
    await receiver.stop();
  });
});

describe('a redirection', () => {
  it('is not followed', async () => {
    const receiver = await new WebhookReceiver().start();
    receiver.answer = (_, attempt, response) => {
      if (attempt > 2) return 200;
      response.setHeader('Location', `http://127.0.0.1:${port()}/`);
      return attempt === 1 ? 302 : 307;
    };
    const { admin } = await start({ ...receiver.settings, ...BANS });
    await admin.request('PUT', '/bans/mallory', { seconds: 60 });
    await receiver.event('client.banned', 'mallory');
    expect(receiver.of('client.banned', 'mallory').map(({ status }) => status)).toEqual([302, 307, 200]);
    expect(connections).toBe(0);
    await receiver.stop();
  });
});

describe('the proxy of the environment', () => {
  it('is not used', async () => {
    const receiver = await new WebhookReceiver().start();
    const proxy = `http://127.0.0.1:${port()}`;
    const { admin } = await start({ ...receiver.settings, ...BANS, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy, NODE_USE_ENV_PROXY: '1' });
    await admin.request('PUT', '/bans/mallory', { seconds: 60 });
    await receiver.event('client.banned', 'mallory');
    expect(connections).toBe(0);
    await receiver.stop();
  });
});

describe('a receiver with TLS', () => {
  it('needs a certificate that counts', async () => {
    const certificates = await new Certificates().create();
    const receiver = await new WebhookReceiver(certificates).start();
    const settings = { ...receiver.settings, ...BANS };
    const { admin } = await start(settings);
    await admin.request('PUT', '/bans/mallory', { seconds: 60 });
    await eventually('an attempt', async () => (await attempts('unreachable')) >= 1);
    expect(receiver.requests).toEqual([]);
    await server?.destroy();
    await start({ ...settings, NODE_EXTRA_CA_CERTS: certificates.path('ca.pem') });
    await server?.admin.request('PUT', '/bans/trudy', { seconds: 60 });
    await receiver.event('client.banned', 'trudy');
    await receiver.stop();
    await certificates.destroy();
  });
});
