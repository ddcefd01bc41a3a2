// What a piece of work costs Redis, by its own counters and the kernel's, and the process that asks for it.
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from './cpu-time.mjs';

/** Until buffers of connections are given back and the append-only file is written. */
const SETTLE_MS = 1500;

/** Rows of costs a unit of work. */
export class StoreMeter {
  rows = [];
  notes = [];

  /** @param client a node-redis client of its own, whose commands are counted with the others; there are two in each row */
  constructor(client, pid) {
    this.client = client;
    this.pid = pid;
  }

  /** Does `work`, which is so many units, and adds a row with what Redis needed for one. */
  async measure(title, units, work) {
    const before = await this.read();
    const begun = performance.now();
    await work();
    const seconds = (performance.now() - begun) / 1000;
    await delay(SETTLE_MS);
    const after = await this.read();
    const of = (name) => (after[name] - before[name]) / units;
    const row = {
      title,
      units,
      seconds,
      microseconds: of('cpuSeconds') * 1e6,
      ownMicroseconds: of('ownMicroseconds'),
      commands: of('commands'),
      bytes: of('bytes'),
      bytesIn: of('bytesIn'),
      bytesOut: of('bytesOut'),
      bytesLogged: of('bytesLogged'),
    };
    this.rows.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }

  /** Keeps a sentence to stand below the table. */
  note(text) {
    this.notes.push(text);
  }

  /** The rows as a table in Markdown. */
  table() {
    const cells = ({ title, microseconds, ownMicroseconds, commands, ...row }) => {
      const bytes = [row.bytes, row.bytesIn, row.bytesOut, row.bytesLogged].map((value) => Math.round(value).toLocaleString('en'));
      return [title, microseconds.toFixed(1), ownMicroseconds.toFixed(1), commands.toFixed(1), ...bytes];
    };
    const line = (texts) => `| ${texts.join(' | ')} |`;
    return [
      line(['', 'µs of Redis', 'µs of the engine', 'commands', 'bytes of memory', 'bytes to Redis', 'bytes from it', 'bytes of AOF']),
      line(['---', ...Array.from({ length: 7 }, () => '---:')]),
      ...this.rows.map((row) => line(cells(row))),
    ].join('\n');
  }

  async read() {
    const info = await this.client.info();
    const number = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
    const { user, system } = process.cpuUsage();
    return {
      cpuSeconds: cpuSeconds([this.pid]),
      ownMicroseconds: user + system,
      commands: number('total_commands_processed'),
      // What clients' buffers and the append-only file's take comes and goes.
      bytes: number('used_memory') - number('mem_clients_normal') - number('mem_aof_buffer'),
      bytesIn: number('total_net_input_bytes'),
      bytesOut: number('total_net_output_bytes'),
      // A rewrite would make it smaller: it is switched off while this measures.
      bytesLogged: number('aof_current_size'),
    };
  }
}
