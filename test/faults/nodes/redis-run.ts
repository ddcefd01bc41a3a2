// Servers over one Redis, with publishers and clients at all of them, while things go wrong, and everybody notes what they see.
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { checkHistory } from '../../support/history-checker.js';
import { History, observerKey } from '../../support/history.js';
import { countLostAnswers } from '../../support/lost-branches.js';
import { checkRate } from '../../support/rate-check.js';
import type { RecordingClientOptions } from '../../support/recording-client.js';
import type { Report, Violation } from '../../support/violation.js';
import { Drafts, publishOverHttp, publishOverSocket } from '../publishers.js';
import { Random } from '../random.js';
import { Churn } from './churn.js';
import { type Fault, type Victims } from './faults.js';
import { FaultyService } from './faulty-service.js';
import type { FaultyStore } from './faulty-store.js';
import { type Heal, measureHeal } from './heals.js';
import { Progress } from './progress.js';
import { Roamer } from './roamer.js';

/** Notifications kept for a client: few enough that one which is away for a round loses some. */
const QUEUE_MAX = 600;
const RATE_LIMIT = { max: 200, windowMs: 10_000 };
/** Messages of the talker that are unanswered at one time, over both devices, and as many again on connections that broke. */
const TALKER_UNDER_WAY = 24;

const ROOMS = ['north', 'south', 'west'];
const BATCH = 10;
const SOCKET_WINDOW = 4;
/** A fault comes after so many answers to publishes, and another so long after it, ms. */
const MIN_ANSWERED = 50;
const MAX_ANSWERED = 200;
const NEXT_FAULT_AFTER_MS = 2_000;
/** Answers that come once all is well again, before the round ends. */
const ANSWERED_AFTER = 100;
const CREATED_WITHIN_MS = 45_000;
const ANSWERED_WITHIN_MS = 45_000;
const QUIET_WITHIN_MS = 45_000;
const PRESENCE_WITHIN_MS = 45_000;
const PRESENCE_POLL_MS = 250;
const DRAIN_TIMEOUT_MS = 60_000;
/** Two seeds beside each other begin with different choices for everybody. */
const SEEDS_APART = 7_919;
/** A message may wait between its time and the store for as long as faults last, and this, ms: a line may have to be found dead, and replaced. */
const RECOVERY_MS = 5_000;
const HOUR_MS = 3_600_000;
/** How much the servers' clocks are ahead, where they are wrong, ms. */
const WRONG_CLOCKS = [HOUR_MS, 0, -HOUR_MS];

/** The clients, by what they do. */
interface Cast {
  /** Stays, in `chatapi.v1`; it publishes too. */
  alice: Roamer;
  /** Stays, in plain mode. */
  bob: Roamer;
  /** Comes and goes within a round. */
  carol: Roamer;
  /** Away for most rounds, so that its queue overflows. */
  dave: Roamer;
  /** Stays, on two devices at once, and sends more than it may; this one acknowledges by itself. */
  phone: Roamer;
  laptop: Roamer;
  /** Comes and goes, and meanwhile joins and leaves rooms. */
  frank: Roamer;
  /** Stays, and joins and leaves rooms. */
  grace: Roamer;
}

/** One run: many rounds on the same data. */
export class RedisRun {
  readonly history = new History();
  readonly violations: Violation[] = [];
  /** What did not come back by itself, in words; the run goes on, to show whom that concerns. */
  readonly failures: string[] = [];
  /** How soon after each round's faults everybody had everything. */
  readonly heals: Heal[] = [];
  /** Messages that were answered and are lost, where that may happen. */
  lost = 0;
  /** Whether the servers' clocks are an hour apart. */
  readonly areClocksWrong: boolean;
  private readonly service: FaultyService;
  private readonly cast: Cast;
  private readonly drafts: Drafts;
  private readonly churns: readonly Churn[];
  private readonly progress = new Progress(this.history);
  private isOver = false;
  private actors = 0;
  /** The longest that something was wrong, ms. */
  private longestMs = 0;

  /** @param rounds the faults of each */
  constructor(
    private readonly rounds: readonly (readonly Fault[])[],
    private readonly seed: number,
    store: FaultyStore,
  ) {
    this.areClocksWrong = this.random().chance(0.5);
    const settings = {
      ACK_SETTLE_MS: '200',
      CANARY_INTERVAL_SECONDS: '1',
      QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX),
      RATE_LIMIT_MAX: String(RATE_LIMIT.max),
      RATE_LIMIT_WINDOW_SECONDS: String(RATE_LIMIT.windowMs / 1_000),
      BAN_THRESHOLD: '0',
      MAX_CONNECTIONS_PER_CLIENT: '0',
    };
    this.service = new FaultyService(store, settings, this.areClocksWrong ? WRONG_CLOCKS : WRONG_CLOCKS.map(() => 0));
    this.drafts = new Drafts(ROOMS, this.random(), this.history);
    this.cast = {
      alice: this.roamer('alice'),
      bob: this.roamer('bob', { plain: true }),
      carol: this.roamer('carol'),
      dave: this.roamer('dave'),
      phone: this.roamer('erin', { device: 'phone', acknowledgesItself: true }),
      laptop: this.roamer('erin', { device: 'laptop' }),
      frank: this.roamer('frank'),
      grace: this.roamer('grace'),
    };
    // Where what was answered may be lost, nobody would know who is a member.
    const churned = store.loses === 'answered' ? [] : ROOMS;
    this.churns = churned.flatMap((room) => ['frank', 'grace'].map((client) => new Churn(this.service, this.history, this.random(), room, client)));
  }

  /** Runs all rounds and the final drain, and judges the history. */
  async run(): Promise<void> {
    try {
      await this.service.start();
      await this.createRooms();
      for (const faults of this.rounds) await this.round(faults);
      await this.publishUnknown();
      for (const roamer of this.everybody) await roamer.closeOrCut();
      for (const roamer of this.everybody) await this.drain(roamer);
      const { loses } = this.service.store;
      this.violations.push(...checkHistory(this.history, QUEUE_MAX, this.longestMs + RECOVERY_MS, loses));
      if (loses === 'answered') this.lost = countLostAnswers(this.history.events);
      if (loses === 'nothing') checkRate(this.history.events, 'erin', { ...RATE_LIMIT, underWay: TALKER_UNDER_WAY }, this.report);
    } finally {
      await this.service.destroy();
    }
  }

  private get everybody(): readonly Roamer[] {
    return Object.values(this.cast) as Roamer[];
  }

  private get staying(): readonly Roamer[] {
    const { alice, bob, phone, laptop, grace } = this.cast;
    return [alice, bob, phone, laptop, grace];
  }

  private readonly report: Report = (invariant, what) => this.violations.push({ invariant, what });

  /** Choices for one of those who take part. */
  private random(): Random {
    return new Random(this.seed * SEEDS_APART + ++this.actors);
  }

  private roamer(clientId: string, options: RecordingClientOptions = {}): Roamer {
    return new Roamer(this.service, this.random(), clientId, { ...options, history: this.history });
  }

  private async createRooms(): Promise<void> {
    const members = [...new Set(this.everybody.map(({ client }) => client.clientId))];
    for (const room of ROOMS) {
      await eventually(`${room} to be made`, () => this.createRoom(room, members), CREATED_WITHIN_MS);
      this.history.record({ kind: 'room', room, members });
    }
  }

  /** Whether a room is there now: a store that has just begun may refuse it, or what was refused may have been carried out. */
  private async createRoom(room: string, members: string[]): Promise<boolean> {
    const { status } = await this.service.nodes[0].admin.createRoom({ id: room, members });
    if (status !== 201) this.history.record({ kind: 'fault', what: `to make ${room} was answered with ${status}` });
    return status === 201 || status === 409;
  }

  /** A burst, faults in the middle of it, and what is true when it is over. */
  private async round(faults: readonly Fault[]): Promise<void> {
    const { alice, carol, dave, phone, laptop, frank } = this.cast;
    const random = this.random();
    this.isOver = false;
    await Promise.all(this.staying.map((roamer) => roamer.connect()));
    const busy = Promise.all([
      this.publish('backend-1', 1, [5, 25]),
      this.publish('backend-2', 1, [5, 25]),
      this.publish('backend-3', BATCH, [50, 300]),
      this.talk(alice, [100, 300]),
      this.talk(phone, [10, 50]),
      this.talk(laptop, [10, 50]),
      this.acknowledgeSome(phone),
      ...this.staying.map((roamer) => this.untilOver([20, 50], () => roamer.tryToConnect())),
      this.roam(carol),
      this.roam(frank),
      random.chance(0.3) && this.roam(dave),
      this.changeMemberships(),
    ]);
    await this.answered(random.between(MIN_ANSWERED, MAX_ANSWERED));
    const began = Date.now();
    await this.goWrong(faults, random);
    const healed = { events: this.history.events.length, at: Date.now() };
    this.longestMs = Math.max(this.longestMs, healed.at - began);
    await this.service.healthy().catch((error: unknown) => this.failures.push(String(error)));
    await this.answered(ANSWERED_AFTER);
    this.isOver = true;
    await busy;
    await this.settle(random);
    this.measure(faults, healed.events, healed.at);
  }

  /** How soon those who always stay had everything, once nothing was wrong any more. */
  private measure(faults: readonly Fault[], from: number, at: number): void {
    const { alice, bob, phone, laptop } = this.cast;
    const observers = [alice, bob, phone, laptop].map(({ client: { observer } }) => observer);
    this.heals.push(measureHeal(this.history, faults.map(({ name }) => name), observers, from, at));
  }

  /** Faults of one round: each about another server, one beginning while the other may last. */
  private async goWrong(faults: readonly Fault[], random: Random): Promise<void> {
    const first = random.between(0, this.service.nodes.length - 1);
    await Promise.all(
      faults.map(async (fault, i) => {
        const node = this.service.nodes[(first + i) % this.service.nodes.length];
        const victims: Victims = { service: this.service, node, roamers: this.everybody, churns: this.churns, random };
        if (i > 0) await delay(random.between(0, NEXT_FAULT_AFTER_MS));
        this.history.record({ kind: 'fault', what: `${fault.name} (${node.name})` });
        await fault.happen(victims);
        this.history.record({ kind: 'fault', what: `over: ${fault.name}` });
      }),
    );
  }

  /** Nothing is published any more: everybody gets what they have a right to, and is where they seem to be. */
  private async settle(random: Random): Promise<void> {
    await Promise.all(this.staying.map((roamer) => roamer.connect()));
    await Promise.all(this.churns.map((churn) => churn.makeSure()));
    await Promise.all([this.cast.carol, this.cast.dave, this.cast.frank].filter(() => random.chance(0.6)).map((roamer) => roamer.leave()));
    await Promise.all([this.quiet(), this.truthful()]);
  }

  /** I1, on the connections of now: all get everything without connecting anew. */
  private async quiet(): Promise<void> {
    const lacking = (): string[] =>
      this.everybody
        .filter(({ client }) => client.isOpen)
        .flatMap(({ client: { observer } }) => this.roomsOf(observer.client).map((room) => this.progress.missing(observer, room)))
        .filter((missing) => missing !== undefined);
    await eventually('everybody to have everything', () => lacking().length === 0, QUIET_WITHIN_MS).catch(() => {
      for (const missing of lacking()) this.report('I1', `${missing}, ${QUIET_WITHIN_MS} ms after the last publish, on an open connection`);
    });
  }

  private roomsOf(client: string): string[] {
    return ROOMS.filter((room) => this.churns.every((churn) => churn.room !== room || churn.client !== client || churn.isMember));
  }

  /** I7: every server says of each client whether it is connected. */
  private async truthful(): Promise<void> {
    const clients = new Set(this.everybody.map(({ client }) => client.clientId));
    const untrue = async (): Promise<string[]> => (await Promise.all([...clients].map((client) => this.untruths(client)))).flat();
    let found: string[] = [];
    await eventually('presence to be true', async () => (found = await untrue()).length === 0, PRESENCE_WITHIN_MS, PRESENCE_POLL_MS).catch(() => {
      for (const what of found) this.report('I7', `${what}, ${PRESENCE_WITHIN_MS} ms after the fault`);
    });
  }

  private async untruths(clientId: string): Promise<string[]> {
    const isOnline = this.everybody.some(({ client }) => client.clientId === clientId && client.isOpen);
    const said = await Promise.all(
      this.service.nodes.map(async ({ admin, name }) => {
        const status = await admin.presence(clientId).then(
          ({ body }) => body.status,
          (error: unknown) => String(error),
        );
        return { name, status };
      }),
    );
    const truth = isOnline ? 'online' : 'offline';
    return said.filter(({ status }) => status !== truth).map(({ name, status }) => `${name} says ${clientId} is ${status}, which is ${truth}`);
  }

  /** Resolves when so many more publishes have been answered. */
  private async answered(count: number): Promise<void> {
    const { outcomes } = this.history;
    const enough = outcomes.ok + count;
    await eventually(`${count} publishes to be answered`, () => outcomes.ok >= enough, ANSWERED_WITHIN_MS);
  }

  private async publish(sender: string, batch: number, pauses: readonly [number, number]): Promise<void> {
    const random = this.random();
    await this.untilOver(pauses, () => publishOverHttp(this.service.anyUsable(random).admin, sender, this.drafts, batch, times(1)));
  }

  private async talk({ client }: Roamer, pauses: readonly [number, number]): Promise<void> {
    await this.untilOver(pauses, () => publishOverSocket(client, this.drafts, SOCKET_WINDOW, times(SOCKET_WINDOW)));
  }

  private async acknowledgeSome(roamer: Roamer): Promise<void> {
    await this.untilOver([10, 60], () => {
      if (roamer.client.isOpen) roamer.client.acknowledgeAll();
    });
  }

  /** Connects, stays a moment, and leaves, over and over. */
  private async roam(roamer: Roamer): Promise<void> {
    const random = this.random();
    await this.untilOver([1, 100], async () => {
      await roamer.tryToConnect();
      // Long enough, at times, for the server to ask for an acknowledgement and for that to settle.
      await delay(random.pick([1, 20, 100, 400, 1_500]));
      if (!this.isOver) await roamer.leave();
    });
    await roamer.connect();
  }

  private async changeMemberships(): Promise<void> {
    const random = this.random();
    if (this.churns.length > 0) await this.untilOver([10, 100], () => random.pick(this.churns).change());
  }

  /** Does something again and again until the burst is over, with a pause after it each time, ms. */
  private async untilOver([low, high]: readonly [number, number], action: () => Promise<void> | void): Promise<void> {
    const random = this.random();
    while (!this.isOver) {
      await action();
      await delay(random.between(low, high));
    }
  }

  private async publishUnknown(): Promise<void> {
    const { alice, phone } = this.cast;
    const random = this.random();
    await Promise.all([
      ...['backend-1', 'backend-2', 'backend-3'].map((sender) => publishOverHttp(random.pick(this.service.nodes).admin, sender, this.drafts, 1, () => this.drafts.hasUnknown(sender))),
      ...[alice, phone].map(({ client }) => publishOverSocket(client, this.drafts, 1, () => this.drafts.hasUnknown(client.clientId))),
    ]);
  }

  /** Stays connected until nothing is pending. */
  private async drain(roamer: Roamer): Promise<void> {
    const { client } = roamer;
    const { observer } = client;
    const random = this.random();
    await roamer.connect();
    await eventually(
      `${observerKey(observer)} to have nothing pending`,
      async () => {
        if (roamer === this.cast.phone) client.acknowledgeAll();
        const { body } = await random.pick(this.service.nodes).admin.queue(client.clientId, observer.device === '' ? undefined : observer.device);
        this.history.record({ kind: 'queue', observer, size: body.size });
        return body.size === 0;
      },
      DRAIN_TIMEOUT_MS,
    );
    await roamer.closeOrCut();
    this.history.record({ kind: 'drained', observer });
  }
}

/** Says yes so many times. */
function times(count: number): () => boolean {
  let left = count;
  return () => left-- > 0;
}
