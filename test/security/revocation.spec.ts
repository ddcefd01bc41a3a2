// Tokens that were revoked: refused at every door, their connections closed, over restarts and crashes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';
import { ACCEPTED, present, REFUSED } from './tokens/presented.js';

const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

let count = 0;
let alice: string;
beforeEach(() => {
  alice = `alice-${++count}`;
});

const now = (): number => Math.floor(Date.now() / 1000);
const revoke = (body: object) => server.api(adminToken()).request('POST', '/tokens/revoke', body);

describe('a token that is revoked by its jti', () => {
  it('does not get in any more, and its connection is told and closed with 4401; other tokens of the client stay', async () => {
    const revoked = signToken({ sub: alice, jti: `${alice}-1` });
    const other = signToken({ sub: alice, jti: `${alice}-2` });
    const client = await new RecordingClient(server, alice, { token: revoked }).connect();
    const bystander = await new RecordingClient(server, alice, { token: other }).connect();
    expect((await revoke({ jti: `${alice}-1` })).status).toBe(204);
    expect(await client.ending()).toMatchObject({ code: 4401 });
    expect(client.frames.at(-1)).toMatchObject({ type: 'error', data: { code: 'CONNECTION_ERROR', message: 'The token was revoked' } });
    expect(await present(server, revoked)).toEqual(REFUSED);
    expect(await present(server, other)).toEqual(ACCEPTED);
    expect(bystander.isOpen).toBe(true);
    await bystander.closeCleanly();
  });

  it('cannot be brought in by token_refresh, and a connection that has refreshed past it stays', async () => {
    const [first, second] = [1, 2].map((n) => signToken({ sub: alice, jti: `${alice}-${n}` }));
    const client = await new RecordingClient(server, alice, { token: first }).connect();
    expect(await client.command('token_refresh', { token: second })).toMatchObject({ type: 'ack' });
    await revoke({ jti: `${alice}-1` });
    expect(await client.command('token_refresh', { token: first })).toMatchObject({ type: 'error', data: { code: 'CONNECTION_ERROR' } });
    expect(await client.command('presence', { status: 'online' })).toMatchObject({ type: 'ack' });
    await client.closeCleanly();
  });

  it('stays revoked over a crash right after the answer, and over a restart', async () => {
    const token = signToken({ sub: alice, jti: alice });
    expect((await revoke({ jti: alice })).status).toBe(204);
    await server.kill();
    await server.start();
    expect(await present(server, token)).toEqual(REFUSED);
    await server.restart();
    expect(await present(server, token)).toEqual(REFUSED);
  });

  it('is another one in another tenant', async () => {
    const elsewhere = signToken({ sub: alice, jti: alice, tenant: 'elsewhere' });
    const client = await new RecordingClient(server, alice, { token: elsewhere }).connect();
    await revoke({ jti: alice });
    expect(await present(server, elsewhere)).toEqual(ACCEPTED);
    expect(client.isOpen).toBe(true);
    await client.closeCleanly();
  });
});

describe('the tokens of a client that are revoked by time', () => {
  it('are those issued up to it, and those that do not say when', async () => {
    const old = signToken({ sub: alice, iat: now() - 100 });
    const newer = signToken({ sub: alice, iat: now() - 10 });
    const undated = signToken({ sub: alice, iat: undefined });
    const oldClient = await new RecordingClient(server, alice, { token: old }).connect();
    const newClient = await new RecordingClient(server, alice, { token: newer }).connect();
    expect((await revoke({ client_id: alice, issued_before: now() - 50 })).status).toBe(204);
    expect(await oldClient.ending()).toMatchObject({ code: 4401 });
    expect([await present(server, old), await present(server, undated), await present(server, newer)]).toEqual([REFUSED, REFUSED, ACCEPTED]);
    expect(newClient.isOpen).toBe(true);
    await newClient.closeCleanly();
  });

  it('are all that there are when no time is given, and an earlier time takes nothing back', async () => {
    const token = signToken({ sub: alice });
    await revoke({ client_id: alice });
    await revoke({ client_id: alice, issued_before: '2020-01-01T00:00:00Z' });
    expect(await present(server, token)).toEqual(REFUSED);
    expect(await present(server, signToken({ sub: alice, iat: now() + 2 }))).toEqual(ACCEPTED);
    expect(await present(server, signToken({ sub: `${alice}-b` }))).toEqual(ACCEPTED);
  });

  it('stay revoked over a crash right after the answer, and over a restart; newer ones count', async () => {
    const [old, newer] = [-100, -10].map((age) => signToken({ sub: alice, iat: now() + age }));
    expect((await revoke({ client_id: alice, issued_before: now() - 50 })).status).toBe(204);
    await server.kill();
    await server.start();
    expect([await present(server, old), await present(server, newer)]).toEqual([REFUSED, ACCEPTED]);
    await server.restart();
    expect([await present(server, old), await present(server, newer)]).toEqual([REFUSED, ACCEPTED]);
  });

  it('are those of the administrator’s tenant alone', async () => {
    const elsewhere = signToken({ sub: alice, tenant: 'elsewhere' });
    expect((await revoke({ client_id: alice })).status).toBe(204);
    expect(await present(server, elsewhere)).toEqual(ACCEPTED);
  });

  it('are revoked by administrators only', async () => {
    for (const scope of ['', 'publish', 'debug', 'Admin']) {
      const asked = await server.api(signToken({ sub: 'mallory', scope })).request('POST', '/tokens/revoke', { client_id: alice });
      expect(asked).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    expect(await present(server, signToken({ sub: alice }))).toEqual(ACCEPTED);
  });
});

describe('a revocation', () => {
  it.each([
    {},
    { jti: '' },
    { jti: 1 },
    { jti: 'x'.repeat(513) },
    { jti: 'a', client_id: 'alice' },
    { jti: 'a', issued_before: 1 },
    { issued_before: 1 },
    { client_id: 'a/b' },
    { client_id: 'alice', issued_before: 'yesterday' },
    { client_id: 'alice', issued_before: -1 },
    { client_id: 'alice', issued_before: 1e300 },
  ])('of %j is refused', async (body) => {
    expect(await revoke(body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
  });
});
