// The `chatapi` command: help, settings and tokens, and how it fails.
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JWT_SECRET } from '../support/tokens.js';
import { chatapi } from './cli-process.js';

const COMMANDS = ['serve', 'token', 'tail', 'publish', 'config', 'migrate', 'bench'];

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'chatapi-cli-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) as Record<string, unknown>;
}

describe('chatapi', () => {
  it('lists its commands', async () => {
    const { code, stdout } = await chatapi(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ +${command} `, 'm'));
  });

  it.each(COMMANDS)('explains %s', async (command) => {
    const { code, stdout } = await chatapi([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: chatapi ${command}`);
    expect(stdout).toContain('--help');
  });

  it.each([
    { args: [], says: 'a command is missing' },
    { args: ['restart'], says: 'there is no command "restart"' },
    { args: ['token'], says: '--sub' },
    { args: ['token', '--sub'], says: '--sub' },
    { args: ['token', '--sub', 'a b'], says: '--sub must be' },
    { args: ['token', '--sub', 'alice', '--ttl', '1h'], says: '--ttl must be' },
    { args: ['token', '--sub', 'alice', '--tenant', '/'], says: '--tenant must be' },
    { args: ['config', '--xml'], says: '--xml' },
    { args: ['config', 'PORT'], says: 'PORT' },
    { args: ['publish', '--room', 'lobby'], says: 'missing: --content, --token' },
    { args: ['publish', '--room', 'lobby', '--content', 'x', '--token', 't', '--url', 'ws://localhost'], says: '--url must be' },
    { args: ['tail', '--token', 't', '--url', 'localhost:8000'], says: '--url must be' },
    { args: ['tail', '--token', 't', '--count', '0'], says: '--count must be' },
    { args: ['tail', '--token', 't', '--device', '../x'], says: '--device must be' },
    { args: ['bench', '--connections', '10001'], says: '--connections must be at most 10000' },
    { args: ['bench', '--connections', '5', '--rooms', '6'], says: '--rooms must be at most 5' },
    { args: ['bench', '--rate', '5000', '--seconds', '3600'], says: '--rate times --seconds must be' },
  ])('refuses $args with exit code 2 and says what is wrong', async ({ args, says }) => {
    const { code, stdout, stderr } = await chatapi(args, { DATA_DIR: directory });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain('--help');
  });
});

describe('chatapi token', () => {
  it('signs the claims that are asked for', async () => {
    const args = ['token', '--sub', 'alice', '--scope', 'admin publish', '--ttl', '60', '--tenant', 'acme'];
    const { code, stdout } = await chatapi(args, { JWT_SECRET });
    const claims = claimsOf(stdout.trim());
    expect(code).toBe(0);
    expect(claims).toMatchObject({ sub: 'alice', scope: 'admin publish', tenant: 'acme', jti: expect.stringMatching(/.{16}/) });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
  });

  it('gives every token an id of its own, an hour, and nothing that was not asked for', async () => {
    const runs = [await chatapi(['token', '--sub', 'alice'], { JWT_SECRET }), await chatapi(['token', '--sub', 'alice'], { JWT_SECRET })];
    const [first, second] = runs.map(({ stdout }) => claimsOf(stdout.trim()));
    expect(Object.keys(first).sort()).toEqual(['exp', 'iat', 'jti', 'sub']);
    expect(Number(first.exp) - Number(first.iat)).toBe(3600);
    expect(first.jti).not.toBe(second.jti);
  });

  it('names the issuer and audience that the server asks for', async () => {
    const { stdout } = await chatapi(['token', '--sub', 'alice'], { JWT_SECRET, JWT_ISSUER: 'me', JWT_AUDIENCE: 'chat' });
    expect(claimsOf(stdout.trim())).toMatchObject({ iss: 'me', aud: 'chat' });
  });

  it('prints an object for programs', async () => {
    const { stdout } = await chatapi(['token', '--sub', 'alice', '--json'], { JWT_SECRET });
    const { token, ...claims } = JSON.parse(stdout) as { token: string };
    expect(claims).toEqual(claimsOf(token));
  });

  it('signs with the one secret that development keeps in its data directory, however many begin at once', async () => {
    const runs = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((sub) => chatapi(['token', '--sub', sub], { DATA_DIR: directory })));
    const secret = readFileSync(join(directory, 'jwt-secret'), 'utf8').trim();
    for (const { stdout } of runs) {
      const [header, payload, signature] = stdout.trim().split('.');
      expect(createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')).toBe(signature);
    }
    expect(readdirSync(directory)).toEqual(['jwt-secret']);
  });

  it('signs with the first of the algorithms that the server accepts', async () => {
    const secret = 'x'.repeat(64);
    const { stdout } = await chatapi(['token', '--sub', 'alice'], { JWT_SECRET: secret, JWT_ALGORITHMS: 'HS512,HS384' });
    const [header, payload, signature] = stdout.trim().split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'HS512' });
    expect(createHmac('sha512', secret).update(`${header}.${payload}`).digest('base64url')).toBe(signature);
  });

  it('cannot sign for a server that only knows public keys, and says so', async () => {
    const { code, stdout, stderr } = await chatapi(['token', '--sub', 'alice'], { DATA_DIR: directory, JWT_JWKS_URI: 'https://issuer.example/keys' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Tokens are signed by whoever holds the private key');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('refuses to invent a secret in production', async () => {
    const { code, stdout, stderr } = await chatapi(['token', '--sub', 'alice'], { DATA_DIR: directory, NODE_ENV: 'production' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('JWT_SECRET is not set');
  });
});

describe('chatapi config', () => {
  it('prints the settings in effect with the secret masked', async () => {
    const { code, stdout } = await chatapi(['config'], { JWT_SECRET, PORT: '9000' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PORT=9000$/m);
    expect(stdout).toMatch(/^QUEUE_MAX_PER_CLIENT=1000$/m);
    expect(stdout).toMatch(/^JWT_SECRET=\*+$/m);
    expect(stdout).not.toContain(JWT_SECRET);
  });

  it('reads .env in development, and not in production', async () => {
    writeFileSync(join(directory, '.env'), 'PORT=9001\nHOST=127.0.0.1\n');
    const portOf = async (environment: Record<string, string>): Promise<unknown> => {
      const { stdout } = await chatapi(['config', '--json'], { JWT_SECRET, HOST: '::1', ...environment }, directory);
      const { PORT, HOST } = JSON.parse(stdout) as Record<string, unknown>;
      return { PORT, HOST };
    };
    expect(await portOf({})).toEqual({ PORT: 9001, HOST: '::1' });
    expect(await portOf({ NODE_ENV: 'production' })).toEqual({ PORT: 8000, HOST: '::1' });
  });

  it('lists everything that is wrong, and shows no secret', async () => {
    const { code, stderr } = await chatapi(['config'], { JWT_SECRET: 'hunter2', PORT: 'http', DURABILITY: 'maybe' });
    expect(code).toBe(1);
    for (const name of ['PORT is "http"', 'DURABILITY is "maybe"', 'JWT_SECRET']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('hunter2');
  });
});
