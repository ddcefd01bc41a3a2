// The client library in Node and what the server limits: tokens that end, and messages in a window.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChatClientOptions, TokenReason } from '../../src/client/index.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';
import { LibraryClient, texts } from './library-client.js';

const server = new ServerProcess({ RATE_LIMIT_MAX: '5', RATE_LIMIT_WINDOW_SECONDS: '1', TOKEN_EXPIRING_SECONDS: '6', JWT_CLOCK_TOLERANCE_SECONDS: '0' });
const open: LibraryClient[] = [];

beforeAll(() => server.start());
afterEach(() => {
  for (const { client } of open.splice(0)) client.close();
});
afterAll(() => server.destroy());

function clientOf(clientId: string, options: Partial<ChatClientOptions> = {}): LibraryClient {
  const client = new LibraryClient(server.port, clientId, options);
  open.push(client);
  return client;
}

it('messages beyond the limit are sent when the window allows, in their order', async () => {
  await server.admin.createRoom({ id: 'limited', members: ['ann', 'observer'] });
  const observer = await clientOf('observer').connect();
  const ann = await clientOf('ann').connect();
  const contents = texts('number', 12);
  await Promise.all(contents.map((content) => ann.client.send('limited', content)));
  await observer.message('number 11');
  expect(observer.contents).toEqual(contents);
  expect(ann.limited).toBeGreaterThanOrEqual(2);
  expect(ann.errors).toEqual([]);
  expect(ann.connections).toBe(1);
});

describe('a token', () => {
  it('is replaced on the live connection before it ends', async () => {
    await server.admin.createRoom({ id: 'refreshed', members: ['bea'] });
    const reasons: TokenReason[] = [];
    const firstEnds = Math.floor(Date.now() / 1000) + 8;
    const bea = clientOf('bea', {
      token: (reason) => {
        reasons.push(reason);
        return signToken({ sub: 'bea', ...(reason === 'connect' && { exp: firstEnds }) });
      },
    });
    await bea.connect();
    await eventually('the first token to be over', () => Date.now() > (firstEnds + 1) * 1000);
    await server.admin.publish('refreshed', { content: 'still there' });
    await bea.message('still there');
    expect(reasons).toEqual(['connect', 'expiring']);
    expect(bea.connections).toBe(1);
  });

  it('that is revoked is replaced by another one', async () => {
    const reasons: TokenReason[] = [];
    const cleo = clientOf('cleo', {
      token: async (reason) => {
        reasons.push(reason);
        return Promise.resolve(signToken({ sub: 'cleo', jti: `cleo-${reasons.length}` }));
      },
    });
    await cleo.connect();
    await server.admin.request('POST', '/tokens/revoke', { jti: 'cleo-1' });
    await cleo.connected(2);
    expect(cleo.disconnections).toMatchObject([{ code: 4401 }]);
    expect(reasons).toEqual(['connect', 'refused']);
  });

  it('is asked for three times when it is refused, and not for ever', async () => {
    const reasons: TokenReason[] = [];
    const dora = clientOf('dora', {
      token: (reason) => {
        reasons.push(reason);
        return signToken({ sub: 'dora' }, 'a secret that the server does not have at all');
      },
    });
    await expect(dora.client.connect()).rejects.toMatchObject({ code: 'CONNECTION_ERROR' });
    expect(reasons).toEqual(['connect', 'refused', 'refused']);
    expect(dora.client.state).toBe('closed');
  });

  it('that cannot be had is asked for again', async () => {
    let calls = 0;
    const eda = clientOf('eda', {
      token: () => {
        if (++calls < 3) throw new Error('the login service is away');
        return signToken({ sub: 'eda' });
      },
    });
    await eda.connect();
    expect(eda.errors.map(({ code }) => code)).toEqual(['TOKEN_UNAVAILABLE', 'TOKEN_UNAVAILABLE']);
  });

  it('that cannot stand in a header ends it, and is in no error', async () => {
    const fay = clientOf('fay', { token: 'a secret\r\nX-Header: 1' });
    const error: unknown = await fay.client.connect().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(String(error) + String((error as Error).cause)).not.toContain('secret');
  });
});
