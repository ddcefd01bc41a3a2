// JSON text, and text that nearly is, made to break whoever reads it.
import type { Random } from '../../faults/random.js';

/** Ids that are in use, so that some of what is made up reaches the code behind the checks. */
export const ROOMS = Array.from({ length: 10 }, (_, index) => `room-${index}`);
export const CLIENTS = Array.from({ length: 40 }, (_, index) => `fuzz-${index}`);

const STRINGS: readonly string[] = [
  '', ' ', '0', 'null', 'undefined', 'NaN', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', '$system', '@', `@${CLIENTS[0]}`,
  '*', '.', '..', '../../etc/passwd', '%00', '%2e%2e%2f', 'a/b', 'a\\b', "' OR 1=1; --", '"', '{{7*7}}', '${7*7}', '<script>alert(1)</script>',
  'a\r\nSet-Cookie: x=1', '\u0000', 'a\u0000b', '\u001b[31mred', '\u202eright to left', '\u2028\u2029', '\ufeff', '\ud800', '\udfff\ud800', '\u{1f469}\u200d\u{1f469}',
  'é'.normalize('NFD').repeat(50), 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(4096), 'x'.repeat(66_000), '\u0001'.repeat(2000), '2024-01-15T10:30:00.000Z',
];

const NUMBERS: readonly string[] = [
  '0', '-0', '1', '-1', '1.5', '1e3', '1e308', '1e400', '-1e400', '5e-324', '9007199254740991', '9007199254740992', '9223372036854775808',
  '18446744073709551616', '1'.repeat(400), '0.1', '1E+2',
];

const KEYS: readonly string[] = [
  'type', 'ref', 'data', 'id', 'room_id', 'client_id', 'content', 'metadata', 'seq', 'status', 'token', 'name', 'members', 'add', 'remove', 'silent', 'seconds',
  'reason', 'jti', 'issued_before', '__proto__', 'constructor', 'prototype', 'toJSON', 'toString', 'length', 'then', '', '0', 'a.b', '\u0000',
];

const NO_JSON: readonly string[] = ['', '{', '}', '[', '"', '{"a":', '{"type":"ping"', 'NaN', 'undefined', "{'type':'ping'}", '{"type":"ping",}', '\ufeff{}', '01', '--1', '{"\\ud800":1}', 'nul', '{"type":"ping"}{"type":"ping"}'];

/** Makes up values, seeded. */
export class HostileJson {
  constructor(private readonly random: Random) {}

  /** An id: of something that exists, or a hostile string. */
  id(known: readonly string[]): string {
    return this.random.chance(0.7) ? this.random.pick(known) : this.random.pick(STRINGS);
  }

  text(): string {
    return this.random.pick(STRINGS);
  }

  /** Any JSON value, as text. */
  value(depth = 3): string {
    const { random } = this;
    const kind = random.between(0, depth > 0 ? 8 : 5);
    if (kind <= 1) return JSON.stringify(random.pick(STRINGS));
    if (kind <= 3) return random.pick(NUMBERS);
    if (kind === 4) return random.pick(['true', 'false', 'null']);
    if (kind === 5) return JSON.stringify(random.pick([...ROOMS, ...CLIENTS]));
    if (kind === 6) return `[${this.several(() => this.value(depth - 1))}]`;
    if (kind === 7) return this.object(depth - 1);
    return this.deep();
  }

  /** An object with hostile keys, some of them twice. */
  object(depth = 2): string {
    return `{${this.several(() => `${JSON.stringify(this.random.pick(KEYS))}:${this.value(depth)}`)}}`;
  }

  /** An object of these members: each as it should be, hostile, or missing; and perhaps one that does not belong there. */
  shaped(members: Readonly<Record<string, () => string>>): string {
    const { random } = this;
    const parts: string[] = [];
    for (const [name, good] of Object.entries(members)) {
      const fate = random.next();
      if (fate < 0.85) parts.push(`${JSON.stringify(name)}:${good()}`);
      else if (fate < 0.97) parts.push(`${JSON.stringify(name)}:${this.value()}`);
    }
    if (random.chance(0.1)) parts.push(`${JSON.stringify(random.pick(KEYS))}:${this.value()}`);
    return `{${parts.join(',')}}`;
  }

  /** No JSON. */
  garbage(): string {
    const { random } = this;
    if (random.chance(0.5)) return random.pick(NO_JSON);
    return Array.from({ length: random.between(0, 200) }, () => String.fromCharCode(random.between(0, 0xffff))).join('');
  }

  /** Nested as far as a frame may be long. */
  private deep(): string {
    const levels = this.random.pick([15, 16, 17, 100, 5_000]);
    return this.random.chance(0.5) ? '['.repeat(levels) + ']'.repeat(levels) : '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
  }

  private several(make: () => string): string {
    return Array.from({ length: this.random.between(0, 4) }, make).join(',');
  }
}
