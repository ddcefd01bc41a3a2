// Random and mutated frames, upgrades and requests: the server lives, serves others all the time, and never answers with an error of its own.
//   FUZZ_SECONDS=600 FUZZ_SEED=7 npx vitest run --project security test/security/fuzz.spec.ts
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { ProbedServer } from '../support/probed-server.js';
import { RecordingClient } from '../support/recording-client.js';
import { adminToken, signToken } from '../support/tokens.js';
import { attack, type FuzzRun } from './fuzz/attackers.js';
import { CLIENTS, ROOMS } from './fuzz/hostile-json.js';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 1e9));

/** Each server is attacked twice as long as this, and measured in the middle and at the end. */
const QUARTER_MS = (SECONDS * 1000) / 4;

/** How much more the process may hold at the end than in the middle, bytes. Measured: 1.1 MiB, all of it compiled code. */
const MEMORY_MARGIN = 4 * 1024 * 1024;

/** What two measurements of the same thing may differ by, bytes. */
const MEMORY_NOISE = 128 * 1024;

/** A stream that is over stands in a queue of timers until its next heartbeat would have been. */
const HEARTBEAT_MS = 1_000;

/** Whoever sends well below 100 messages a minute is not limited by default. */
const WELL_BEHAVED_PAUSE_MS = 700;

/** The graveness of pino's `error`; `fatal` is graver. */
const ERROR_LEVEL = 50;

/** Limits so high that what is sent gets through to the code behind them. */
const NO_LIMITS = {
  RATE_LIMIT_MAX: '10000000',
  CONTROL_RATE_LIMIT_MAX: '10000000',
  PUBLISH_RATE_LIMIT_MAX: '0',
  BAN_THRESHOLD: '0',
  MAX_CONNECTIONS_PER_CLIENT: '0',
  AUTH_FAILURES_PER_MINUTE: '10000000',
  INVALID_FRAMES_PER_MINUTE: '10000000',
};

/** What a server has when nothing is set. */
const DEFAULT_LIMITS = { RATE_LIMIT_MAX: '100', AUTH_FAILURES_PER_MINUTE: '3', DEBUG_MODE: 'scope' };

const TENANT = 'calm';
let server: ProbedServer;

afterEach(() => server.destroy());

/** A client of another tenant that sends and receives as clients should, until it is told to stop. */
class WellBehaved {
  private readonly client: RecordingClient;
  private readonly sent: string[] = [];
  private readonly talking: Promise<void>;
  private stopping = false;

  constructor() {
    this.client = new RecordingClient(server, 'well-behaved', { token: signToken({ sub: 'well-behaved', tenant: TENANT }) });
    this.talking = this.talk();
  }

  /** What it sent, and what came back to it, in order. Rejects when anything was refused, or its connection ended. */
  async finish(): Promise<{ sent: string[]; received: (string | undefined)[] }> {
    this.stopping = true;
    await this.talking;
    const received = (): (string | undefined)[] => this.client.frames.filter(({ type }) => type === 'message').map(({ data }) => data.content);
    await this.client.until('its own messages', () => received().length >= this.sent.length);
    await this.client.closeCleanly();
    return { sent: this.sent, received: received() };
  }

  private async talk(): Promise<void> {
    await this.client.connect();
    while (!this.stopping) {
      const content = `message ${this.sent.length}`;
      const answer = await this.client.command('message', { room_id: 'calm', content });
      if (answer.type !== 'ack') throw new Error(`A good message was refused: ${JSON.stringify(answer)}`);
      this.sent.push(content);
      await delay(WELL_BEHAVED_PAUSE_MS);
    }
  }
}

async function health(): Promise<{ status: string; active_connections: number }> {
  const response = await fetch(`${server.origin}/ws/health`, { headers: { connection: 'close' } });
  return (await response.json()) as { status: string; active_connections: number };
}

/** Memory when only the well-behaved client is left, and what stands in the queues of timers has fallen due: when it sinks no more. */
async function memoryAtRest(): Promise<number> {
  await eventually('the attackers to be gone', async () => (await health()).active_connections <= 1, 30_000);
  let lowest = Infinity;
  await eventually('memory to sink no more', async () => {
    const { heapUsed, external } = await server.memory();
    const sinks = heapUsed + external < lowest - MEMORY_NOISE;
    lowest = Math.min(lowest, heapUsed + external);
    return !sinks;
  }, 30_000, HEARTBEAT_MS);
  return lowest;
}

/** What the run tried: an attack that never gets past a limit or a check proves nothing. */
function report(name: string, seed: number, { sessions, frames, upgrades, requests, statuses, answers }: FuzzRun): void {
  const counts = (map: Map<unknown, number>): string => [...map].map(([key, count]) => `${String(key)}×${count}`).join(' ');
  console.log(`fuzz, ${name}, seed ${seed}: ${sessions} sessions of ${frames} frames, ${upgrades} upgrades, ${requests} requests; ${counts(statuses)}; ${counts(answers)}`);
}

async function survive(name: string, settings: Readonly<Record<string, string>>, seed: number): Promise<void> {
  const graveLines: string[] = [];
  const onLine = (line: string): void => {
    if (!line.startsWith('{') || (JSON.parse(line) as { level: number }).level >= ERROR_LEVEL) graveLines.push(line);
  };
  server = await new ProbedServer({ HEARTBEAT_INTERVAL_SECONDS: String(HEARTBEAT_MS / 1000), ...settings }, { onLine }).start();
  await server.api(adminToken(TENANT)).createRoom({ id: 'calm', members: ['well-behaved'] });
  for (const id of ROOMS) await server.admin.createRoom({ id, members: CLIENTS });
  const wellBehaved = new WellBehaved();

  const first = await attack(server.port, seed, Date.now() + QUARTER_MS);
  report(name, seed, first);
  const middle = await memoryAtRest();
  const second = await attack(server.port, seed + 1_000, Date.now() + QUARTER_MS);
  report(name, seed + 1_000, second);
  const end = await memoryAtRest();

  const { sent, received } = await wellBehaved.finish();
  expect(server.isRunning).toBe(true);
  expect((await health()).status).toBe('healthy');
  // A few are enough to begin with.
  expect([...first.faults, ...second.faults].slice(0, 5)).toEqual([]);
  expect(graveLines).toEqual([]);
  expect(received).toEqual(sent);
  expect(sent.length).toBeGreaterThan(0);
  for (const { answers, statuses } of [first, second]) {
    expect([...answers.keys()]).toEqual(expect.arrayContaining(['ack', 'INVALID_FRAME', 'VALIDATION_ERROR']));
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([101, 200, 400]));
  }
  expect(end - middle).toBeLessThan(MEMORY_MARGIN);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
}

describe(`${SECONDS} seconds of random input (FUZZ_SEED=${SEED})`, () => {
  it('do not harm a server that lets all of it through', () => survive('without limits', NO_LIMITS, SEED), SECONDS * 1000 + 120_000);
  it('do not harm a server with its default limits', () => survive('default limits', DEFAULT_LIMITS, SEED + 10_000), SECONDS * 1000 + 120_000);
});
