// Strangers cannot make the server read what they send: they are turned away before the body.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

/** Sends the head of a request and never its body; resolves with what is answered, once the server has closed. */
async function answerWithoutBody(path: string, headers: string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write([`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Content-Type: application/json', ...headers, '', ''].join('\r\n'));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('a request whose body never comes', () => {
  it.each([
    ['without a token', []],
    ['with a token that is no token', ['Authorization: Bearer nonsense']],
    ['with a token that has expired', [`Authorization: Bearer ${signToken({ sub: 'alice', exp: 1_700_000_000 })}`]],
  ])('%s is answered at once', async (_what, authorization) => {
    for (const path of ['/api/v1/publish', '/%61pi/v1/publish', '/api/v1/rooms/r/messages']) {
      const answer = await answerWithoutBody(path, ['Content-Length: 8000000', ...authorization]);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toMatch(/^WWW-Authenticate: Bearer\r$/im);
      expect(answer).toContain('"code":"UNAUTHENTICATED"');
    }
  });
});
