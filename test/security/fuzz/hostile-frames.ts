// What a hostile client writes after the handshake: commands, broken frames, and noise.
import { clientFrame, closeFrame, Opcode } from '../../support/client-frame.js';
import type { Random } from '../../faults/random.js';
import { CLIENTS, HostileJson, ROOMS } from './hostile-json.js';
import { mutate, noise } from './mutations.js';

const COMMANDS = ['message', 'ack', 'presence', 'token_refresh', 'ping'] as const;

/** Frames, seeded. */
export class HostileFrames {
  private readonly json: HostileJson;

  constructor(
    private readonly random: Random,
    /** A token that a `token_refresh` may carry. */
    private readonly token: (clientId: string) => string,
  ) {
    this.json = new HostileJson(random);
  }

  /** Text frames, valid as frames: the connection outlives them, and what they hold is looked at. */
  wellFramed(): Buffer {
    const { random } = this;
    const kind = random.next();
    if (kind < 0.8) return clientFrame(Opcode.Text, this.command());
    if (kind < 0.9) return clientFrame(Opcode.Text, this.json.garbage());
    return Buffer.concat(Array.from({ length: 20 }, () => clientFrame(Opcode.Text, this.command())));
  }

  /** Mostly one frame, valid or not: the connection seldom outlives many. */
  illFramed(): Buffer {
    const { random } = this;
    const kind = random.next();
    if (kind < 0.55) return clientFrame(Opcode.Text, this.command());
    if (kind < 0.65) return clientFrame(Opcode.Text, this.json.garbage());
    if (kind < 0.75) return mutate(random, clientFrame(Opcode.Text, this.command()));
    if (kind < 0.85) return this.oddFrame();
    if (kind < 0.9) return this.fragments();
    if (kind < 0.94) return this.control();
    return kind < 0.97 ? this.wellFramed() : noise(random, random.between(1, 300));
  }

  /** A command of ours with hostile values, as text. */
  command(): string {
    const { random, json } = this;
    const type = random.pick(COMMANDS);
    const room = (): string => JSON.stringify(json.id(ROOMS));
    const shapes: Record<(typeof COMMANDS)[number], Record<string, () => string>> = {
      message: { room_id: room, content: () => JSON.stringify(`hello ${random.between(0, 1e6)}`), id: () => JSON.stringify(json.id(['m1', 'm2', 'm3'])), metadata: () => json.object() },
      ack: { room_id: room, seq: () => String(random.between(0, random.pick([1, 1000]))) },
      presence: { status: () => random.pick(['"online"', '"away"', '"offline"']) },
      token_refresh: { token: () => JSON.stringify(this.token(random.pick(CLIENTS))) },
      ping: {},
    };
    return json.shaped({ type: () => JSON.stringify(type), ref: () => JSON.stringify(`ref-${random.between(0, 99)}`), data: () => json.shaped(shapes[type]) });
  }

  /** Any header: opcodes that do not exist, reserved bits, no mask, a length that is not the payload's. */
  private oddFrame(): Buffer {
    const { random } = this;
    const payload = random.chance(0.5) ? this.command() : noise(random, random.between(0, 200));
    return clientFrame(random.between(0, 15), payload, {
      fin: random.chance(0.7),
      reserved: random.chance(0.7) ? 0 : random.between(1, 7),
      masked: random.chance(0.8),
      ...(random.chance(0.3) && { claimedLength: random.pick([0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) }),
    });
  }

  /** One text in pieces, with something between them. */
  private fragments(): Buffer {
    const { random } = this;
    const text = Buffer.from(this.command());
    const pieces = random.between(2, 40);
    const size = Math.ceil(text.length / pieces);
    const frames: Buffer[] = [];
    for (let i = 0; i < pieces; i++) {
      frames.push(clientFrame(i === 0 ? Opcode.Text : Opcode.Continuation, text.subarray(i * size, (i + 1) * size), { fin: i === pieces - 1 && random.chance(0.9) }));
      if (random.chance(0.1)) frames.push(this.control());
    }
    return Buffer.concat(frames);
  }

  private control(): Buffer {
    const { random } = this;
    if (random.chance(0.15)) return closeFrame(random.pick([0, 999, 1000, 1004, 1005, 1006, 1015, 2999, 3000, 4000, 4999, 65_535]));
    return clientFrame(random.pick([Opcode.Ping, Opcode.Pong]), noise(random, random.pick([0, 1, 8, 125, 126])));
  }
}
