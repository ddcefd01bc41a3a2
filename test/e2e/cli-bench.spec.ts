// `chatapi bench` against a server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { Metrics } from '../support/metrics.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, JWT_SECRET } from '../support/tokens.js';
import { chatapi, CliProcess } from './cli-process.js';

const server = new ServerProcess();
beforeAll(() => server.start());
afterAll(() => server.destroy());

const SMALL = ['--connections', '7', '--rooms', '3', '--rate', '30', '--seconds', '2'];

function bench(...more: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return chatapi(['bench', '--url', server.origin, ...SMALL, ...more], { JWT_SECRET });
}

describe('chatapi bench', () => {
  it('tells programs what its clients have seen, and leaves nothing behind', async () => {
    const { code, stdout } = await bench('--json');
    const report = JSON.parse(stdout) as Record<string, number>;
    expect(code).toBe(0);
    expect(report).toMatchObject({ connections: 7, rooms: 3, rate: 30, seconds: 2, lost: 0, publishes_failed: 0, reconnections: 0 });
    expect(report.published).toBeGreaterThan(0);
    // Rooms of 3, 2 and 2 clients get messages in turn.
    const rounds = Math.floor(report.published / 3);
    expect(report.delivered).toBe(rounds * 7 + [0, 3, 5][report.published % 3]);
    expect(report.latency_p50_ms).toBeGreaterThan(0);
    expect(report.latency_p50_ms).toBeLessThanOrEqual(report.latency_p99_ms);
    expect(report.latency_p99_ms).toBeLessThanOrEqual(report.latency_max_ms);
    const [tenant] = /bench-[0-9a-f]{8}-[0-9a-f-]{27}/.exec(server.output) ?? [];
    const { body } = await server.api(adminToken(tenant)).request<{ items: unknown[] }>('GET', '/rooms');
    expect(body.items).toEqual([]);
    await eventually('its connections to end', async () => {
      const health = (await (await fetch(`${server.origin}/ws/health`)).json()) as { active_connections: number };
      return health.active_connections === 0;
    });
  });

  it('tells people', async () => {
    const { code, stdout } = await bench();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^delivered per second +\d/m);
    expect(stdout).toMatch(/^latency p99 ms +\d/m);
    expect(stdout).toMatch(/^lost +0$/m);
  });

  it('ends when it is interrupted, with what it has seen until then', async () => {
    const run = new CliProcess(['bench', '--url', server.origin, '--connections', '9', '--rooms', '1', '--seconds', '600', '--json'], { JWT_SECRET });
    await eventually('its clients', () => server.output.includes('bench-client-8'));
    expect(await run.signal('SIGINT')).toMatchObject({ code: 0 });
    expect(run.lines).toMatchObject([{ connections: 9, publishes_failed: 0, lost: 0 }]);
  });

  it('fails when its tokens are refused', async () => {
    const refused = await chatapi(['bench', '--url', server.origin, ...SMALL], { JWT_SECRET: 'another secret that is long enough for it' });
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('HTTP 401');
  });

  it('fails when no server answers', async () => {
    const absent = await chatapi(['bench', '--url', `http://127.0.0.1:${await freePort()}`, ...SMALL], { JWT_SECRET });
    expect(absent.code).toBe(1);
    expect(absent.stderr).toContain('ECONNREFUSED');
  });

  it('fails when deliveries or publishes do not come through', async () => {
    const dying = await new ServerProcess().start();
    try {
      const run = new CliProcess(['bench', '--url', dying.origin, '--connections', '2', '--rooms', '1', '--rate', '50', '--seconds', '5', '--json'], { JWT_SECRET });
      await eventually('its publishes', async () => (await Metrics.of(dying)).value('chatapi_notifications_published_total', { type: 'message' }) > 0);
      await dying.kill();
      expect(await run.exit).toMatchObject({ code: 1 });
      expect(run.stderr).toContain('publishes failed');
    } finally {
      await dying.destroy();
    }
  }, 60_000);
});
