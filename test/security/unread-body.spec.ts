// Strangers cannot make the server read what they send: they are turned away before the body.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const server = new ServerProcess();

/** Any request that takes too long to arrive is cut after 30 s. */
const CUT_WITHIN_MS = 20_000;

beforeAll(() => server.start());
afterAll(() => server.destroy());

/** A connection, and what has come over it. */
class Stranger {
  readonly socket: Socket = connect(server.port, '127.0.0.1');
  received = '';
  /** How the connection ended: in good order, or the code of an error. */
  readonly over: Promise<string>;

  constructor() {
    let ending = 'closed';
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString()));
    this.socket.on('error', ({ code }: NodeJS.ErrnoException) => (ending = code ?? 'error'));
    this.over = once(this.socket, 'close').then(() => ending);
  }

  head(path: string, headers: string[]): this {
    this.socket.write([`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Content-Type: application/json', ...headers, '', ''].join('\r\n'));
    return this;
  }

  /** Resolves with the answer when its body, a JSON object, is there. */
  async answer(): Promise<string> {
    while (!this.received.endsWith('}')) {
      const more = await Promise.race([once(this.socket, 'data').then(() => true), this.over.then(() => false)]);
      if (!more) throw new Error(`The connection ended before an answer: ${this.received}`);
    }
    const answer = this.received;
    this.received = '';
    return answer;
  }
}

describe('a request whose body never comes', () => {
  it.each([
    ['without a token', []],
    ['with a token that is no token', ['Authorization: Bearer nonsense']],
    ['with a token that has expired', [`Authorization: Bearer ${signToken({ sub: 'alice', exp: 1_700_000_000 })}`]],
  ])('%s is answered at once, and cut when it goes on not coming', async (_what, authorization) => {
    const paths = ['/api/v1/publish', '/%61pi/v1/publish', '/api/v1/rooms/r/messages', '/api/v1/tokens/revoke'];
    const lengths = ['Content-Length: 8000000', 'Transfer-Encoding: chunked'];
    const strangers = paths.flatMap((path) => lengths.map((length) => new Stranger().head(path, [length, ...authorization])));
    for (const stranger of strangers) {
      const answer = await stranger.answer();
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toMatch(/^WWW-Authenticate: Bearer\r$/im);
      expect(answer).toMatch(/^Content-Type: application\/problem\+json/im);
      expect(answer).toContain('"code":"UNAUTHENTICATED"');
      await stranger.over;
    }
  }, CUT_WITHIN_MS);

  it('and which nothing is there for, is answered at once', async () => {
    const paths = ['/nothing', '/api/v1/nothing', '/ws/health', '/livez', '//api/v1/publish'];
    const strangers = paths.map((path) => new Stranger().head(path, ['Content-Length: 900000']));
    for (const stranger of strangers) {
      const answer = await stranger.answer();
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('"code":"NOT_FOUND"');
      await stranger.over;
    }
  }, CUT_WITHIN_MS);
});

describe('a large body with a bad token', () => {
  it('does not cost its sender the answer: the connection is not reset under it, and can be used again', async () => {
    const stranger = new Stranger().head('/api/v1/publish', ['Content-Length: 5000000', 'Authorization: Bearer nonsense']);
    expect(await stranger.answer()).toMatch(/^HTTP\/1\.1 401 /);
    stranger.socket.write('x'.repeat(5_000_000));
    stranger.head('/api/v1/nothing', ['Content-Length: 2']).socket.write('{}');
    expect(await stranger.answer()).toMatch(/^HTTP\/1\.1 404 /);
    stranger.socket.end();
    expect(await stranger.over).toBe('closed');
  });
});
