// Attackers that write hostile bytes to one server for a time, and watch what it answers.
import { connect } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Frame } from '../../support/frame.js';
import { Random } from '../../faults/random.js';
import { RawClient } from '../../support/raw-client.js';
import { signToken } from '../../support/tokens.js';
import { HostileFrames } from './hostile-frames.js';
import { CLIENTS } from './hostile-json.js';
import { HostileRequests } from './hostile-requests.js';

/** At once. */
const ATTACKERS = 12;

/** How long one exchange may take before the attacker breaks it off, ms: some of what is sent makes the server wait for more. */
const EXCHANGE_MS = 1_000;

/** Answered, if at all, when everything before it has been. */
const LAST = { type: 'presence', ref: 'the last', data: { status: 'online' } };

/** An answer that no input may bring about, and the input. */
export interface Fault {
  readonly answer: string;
  /** The bytes that were sent on that connection, base64. */
  readonly input: string;
}

/** What was tried. */
export interface FuzzRun {
  sessions: number;
  frames: number;
  upgrades: number;
  requests: number;
  readonly faults: Fault[];
  /** How often each status came, of HTTP and of upgrades. */
  readonly statuses: Map<number, number>;
  /** How often each code came in an `error` frame, and how often an `ack` frame came. */
  readonly answers: Map<string, number>;
}

/** Attacks until the time is over. The same seed makes the same inputs. */
export async function attack(port: number, seed: number, until: number): Promise<FuzzRun> {
  const run: FuzzRun = { sessions: 0, frames: 0, upgrades: 0, requests: 0, faults: [], statuses: new Map(), answers: new Map() };
  await Promise.all(Array.from({ length: ATTACKERS }, (_, index) => new Attacker(port, new Random(seed + index), run).attack(until)));
  return run;
}

class Attacker {
  private readonly frames: HostileFrames;
  private readonly requests: HostileRequests;

  constructor(
    private readonly port: number,
    private readonly random: Random,
    private readonly run: FuzzRun,
  ) {
    const token = (clientId: string, scope?: string): string => signToken({ sub: clientId, ...(scope !== undefined && { scope }) });
    this.frames = new HostileFrames(random, token);
    this.requests = new HostileRequests(random, token);
  }

  async attack(until: number): Promise<void> {
    while (Date.now() < until) {
      const kind = this.random.next();
      if (kind < 0.5) await this.session();
      else if (kind < 0.65) await this.upgrade();
      else await this.request();
    }
  }

  /** A good upgrade, then hostile frames. */
  private async session(): Promise<void> {
    const { random, run } = this;
    run.sessions++;
    const query = random.pick(['', '', '&device=d', '&ack=client', '&debug=true']);
    const scope = random.pick([undefined, 'publish', 'admin', 'receive:message', 'debug']);
    const client = new RawClient({ port: this.port, token: signToken({ sub: random.pick(CLIENTS), ...(scope !== undefined && { scope }) }), query });
    const breaks = random.chance(0.4);
    const sent: Buffer[] = [];
    await limited(client, async () => {
      await client.answered();
      for (let left = random.between(1, 30); left > 0 && !client.isOver; left--) {
        const bytes = breaks ? this.frames.illFramed() : this.frames.wellFramed();
        sent.push(bytes);
        run.frames++;
        client.sendBytes(bytes);
        await immediate();
      }
      client.send(LAST);
      await client.until('the last answer', () => client.isOver || client.frames.at(-1)?.ref === LAST.ref);
      client.socket.end();
      await client.ended();
    });
    this.judge(client.status, client.frames, sent);
  }

  private async upgrade(): Promise<void> {
    this.run.upgrades++;
    const request = this.requests.upgrade();
    const client = new RawClient({ port: this.port, request });
    await limited(client, async () => {
      await client.answered();
      client.socket.end();
      await client.ended();
    });
    this.judge(client.status, client.frames, [request]);
  }

  private async request(): Promise<void> {
    this.run.requests++;
    const request = this.requests.request();
    const socket = connect(this.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += answer.length < 1000 ? text : ''));
    socket.on('error', () => {
      // `close` follows.
    });
    socket.end(request);
    socket.setTimeout(EXCHANGE_MS, () => socket.destroy());
    await new Promise((resolve) => socket.once('close', resolve));
    this.judge(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), [], [request]);
  }

  private judge(status: number, frames: readonly Frame[], sent: readonly Buffer[]): void {
    const { run } = this;
    run.statuses.set(status, (run.statuses.get(status) ?? 0) + 1);
    if (status >= 500) run.faults.push({ answer: `HTTP ${status}`, input: encode(sent) });
    for (const { type, data } of frames) {
      const answer = type === 'error' ? data.code : type;
      if (answer === undefined || (type !== 'error' && type !== 'ack')) continue;
      run.answers.set(answer, (run.answers.get(answer) ?? 0) + 1);
      if (answer === 'SERVER_ERROR') run.faults.push({ answer, input: encode(sent) });
    }
  }
}

/** Breaks an exchange off that takes too long. */
async function limited(client: RawClient, exchange: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => client.socket.destroy(), EXCHANGE_MS);
  await exchange();
  clearTimeout(timer);
}

function encode(sent: readonly Buffer[]): string {
  return sent.map((bytes) => bytes.toString('base64')).join(' ');
}
