// Killing the server in the middle of a burst, again and again on the same data, while everybody notes what they see.
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { History } from '../support/history.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { Drafts, publishOverHttp, publishOverSocket } from './publishers.js';
import { Random } from './random.js';

/** Notifications kept for a client: few enough that a client which is away for some rounds loses some. */
export const QUEUE_MAX = 300;

const ROOMS = ['north', 'south', 'west'];
const BATCH = 10;
const SOCKET_WINDOW = 4;
/** A crash comes after so many answers to publishes, while more are open. */
const MIN_ANSWERED = 1;
const MAX_ANSWERED = 150;
const BURST_TIMEOUT_MS = 15_000;
const DRAIN_TIMEOUT_MS = 60_000;

/** The clients, by what they do. */
interface Cast {
  /** Connected in every round, in `chatapi.v1`; it publishes too. */
  alice: RecordingClient;
  /** Connected in every round, in plain mode. */
  bob: RecordingClient;
  /** Comes and goes within a round. */
  carol: RecordingClient;
  /** Away for rounds on end, so that its queue overflows. */
  dave: RecordingClient;
  /** Acknowledges by itself, on a device of its own; it publishes too. */
  erin: RecordingClient;
  /** Comes and goes too, and meanwhile joins and leaves rooms. */
  frank: RecordingClient;
}

/** One run: a server, its rooms and its clients, over many crashes. */
export class CrashRun {
  readonly history = new History();
  /** Rounds in which a crash left a publish open. */
  interrupted = 0;
  private readonly server = new ServerProcess({ ACK_SETTLE_MS: '200', QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX) });
  private readonly random: Random;
  private readonly drafts: Drafts;
  private readonly cast: Cast;
  private crashed = false;

  constructor(
    private readonly rounds: number,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.drafts = new Drafts(ROOMS, this.random, this.history);
    const { history, server } = this;
    this.cast = {
      alice: new RecordingClient(server, 'alice', { history }),
      bob: new RecordingClient(server, 'bob', { history, plain: true }),
      carol: new RecordingClient(server, 'carol', { history }),
      dave: new RecordingClient(server, 'dave', { history }),
      erin: new RecordingClient(server, 'erin', { history, device: 'phone', acknowledgesItself: true }),
      frank: new RecordingClient(server, 'frank', { history }),
    };
  }

  /** Runs all rounds and the final drain; resolves when the history is complete. */
  async run(): Promise<History> {
    try {
      await this.server.start();
      await this.createRooms();
      for (let round = 1; round <= this.rounds; round++) {
        await this.round();
        await this.server.start();
      }
      await this.publishUnknown();
      for (const client of Object.values(this.cast) as RecordingClient[]) await this.drain(client);
      return this.history;
    } finally {
      await this.server.destroy();
    }
  }

  private async createRooms(): Promise<void> {
    for (const room of ROOMS) {
      const members = Object.keys(this.cast);
      const { status } = await this.server.admin.createRoom({ id: room, members });
      if (status !== 201) throw new Error(`To make ${room} was answered with ${status}`);
      this.history.record({ kind: 'room', room, members });
    }
  }

  /** A burst, a crash in the middle of it. */
  private async round(): Promise<void> {
    const { alice, bob, carol, dave, erin, frank } = this.cast;
    const unknownBefore = this.history.outcomes.unknown;
    this.crashed = false;
    await this.sampleQueue(dave);
    await Promise.all([alice, bob, erin].map((client) => client.connect()));
    const more = (): boolean => !this.crashed;
    const busy = Promise.all([
      publishOverHttp(this.server.admin, 'backend-1', this.drafts, 1, more),
      publishOverHttp(this.server.admin, 'backend-2', this.drafts, 1, more),
      publishOverHttp(this.server.admin, 'backend-3', this.drafts, BATCH, more),
      publishOverSocket(alice, this.drafts, SOCKET_WINDOW, more),
      publishOverSocket(erin, this.drafts, SOCKET_WINDOW, more),
      this.acknowledgeSome(erin),
      this.roam(carol),
      this.roam(frank),
      this.visit(dave),
      this.changeMembership(),
    ]);
    await this.answered(this.history.outcomes.ok + this.random.between(MIN_ANSWERED, MAX_ANSWERED));
    this.history.record({ kind: 'fault', what: 'SIGKILL' });
    const killed = this.server.kill();
    this.crashed = true;
    await Promise.all([killed, busy]);
    await Promise.all((Object.values(this.cast) as RecordingClient[]).map((client) => client.until('the crash', () => !client.isOpen)));
    if (this.history.outcomes.unknown > unknownBefore) this.interrupted++;
  }

  /** Resolves in the middle of the burst, as soon as so many publishes have been answered. */
  private async answered(count: number): Promise<void> {
    const giveUpAt = Date.now() + BURST_TIMEOUT_MS;
    while (this.history.outcomes.ok < count) {
      if (Date.now() > giveUpAt) throw new Error(`${count} publishes were to be answered by now: ${JSON.stringify(this.history.outcomes)}`);
      await immediate();
    }
  }

  /** Connects, stays a moment, and closes or breaks off, with something unread on the way to it, over and over. */
  private async roam(client: RecordingClient): Promise<void> {
    await this.whileServed(async () => {
      await client.connect();
      // Long enough, at times, for the server to ask for an acknowledgement and for that to settle.
      await delay(this.random.pick([1, 20, 100, 400]));
      if (this.random.chance(0.5)) return client.closeCleanly();
      client.webSocket.pause();
      await delay(this.random.between(1, 20));
      return client.cut();
    });
  }

  private async visit(client: RecordingClient): Promise<void> {
    if (this.random.chance(0.3)) await this.whileServed(async () => void (client.isOpen || (await client.connect())));
  }

  /** Acknowledges what has come up to now, every now and then. */
  private async acknowledgeSome(client: RecordingClient): Promise<void> {
    await this.whileServed(async () => {
      await delay(this.random.between(10, 60));
      if (client.isOpen) client.acknowledgeAll();
    });
  }

  private async changeMembership(): Promise<void> {
    const room = this.random.pick(ROOMS);
    const client = this.cast.frank.clientId;
    await this.whileServed(async () => {
      const change = this.random.chance(0.5) ? 'join' : 'leave';
      const { admin } = this.server;
      try {
        const { status } = await (change === 'join' ? admin.addMember(room, client) : admin.removeMember(room, client));
        this.history.record({ kind: 'membership', room, client, change, silent: false, outcome: status === 204 ? 'ok' : 'fail' });
      } catch (error) {
        this.history.record({ kind: 'membership', room, client, change, silent: false, outcome: 'unknown' });
        throw error;
      }
      await delay(this.random.between(1, 30));
    });
  }

  /** Repeats an action until the crash, which is allowed to make it fail; nothing else is. */
  private async whileServed(action: () => Promise<void>): Promise<void> {
    while (!this.crashed) {
      try {
        await action();
      } catch (error) {
        if (!this.crashed) throw error;
      }
      await delay(1);
    }
  }

  private async publishUnknown(): Promise<void> {
    const { alice, erin } = this.cast;
    await Promise.all([alice.connect(), erin.connect()]);
    await Promise.all([
      ...['backend-1', 'backend-2', 'backend-3'].map((sender) => publishOverHttp(this.server.admin, sender, this.drafts, 1, () => this.drafts.hasUnknown(sender))),
      ...[alice, erin].map((client) => publishOverSocket(client, this.drafts, 1, () => this.drafts.hasUnknown(client.clientId))),
    ]);
    await Promise.all([alice.closeCleanly(), erin.closeCleanly()]);
  }

  /** Stays connected until nothing is pending. */
  private async drain(client: RecordingClient): Promise<void> {
    await client.connect();
    await eventually(
      `${client.clientId} to have nothing pending`,
      async () => {
        if (client === this.cast.erin) client.acknowledgeAll();
        return (await this.sampleQueue(client)) === 0;
      },
      DRAIN_TIMEOUT_MS,
    );
    await client.closeCleanly();
    this.history.record({ kind: 'drained', observer: client.observer });
  }

  private async sampleQueue({ clientId, observer }: RecordingClient): Promise<number> {
    const { body } = await this.server.admin.queue(clientId, observer.device === '' ? undefined : observer.device);
    this.history.record({ kind: 'queue', observer, size: body.size });
    return body.size;
  }
}
