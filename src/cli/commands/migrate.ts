// `chatapi migrate`: an embedded store moved to Redis, and compared with what came of it.
import type { Command } from '../command.js';
import type { OptionValues } from '../option-values.js';

export const migrateCommand: Command = {
  summary: 'moves everything of an embedded store into an empty Redis, and compares both',
  options: {
    from: { value: 'directory', description: 'the data directory of the embedded store; DATA_DIR when absent' },
    to: { value: 'url', description: 'the Redis, its Sentinels or nodes of its Cluster, as in REDIS_URL; REDIS_URL when absent' },
    json: { description: 'what was compared, as one JSON object' },
  },
  notes: [
    'Stop the server first: the store is held meanwhile, and stays as it is. REDIS_PREFIX, REDIS_TLS_*, REDIS_WAIT_* and the limits',
    'QUEUE_* and IDEMPOTENCY_TTL_SECONDS count as they will for the servers. A migration that was interrupted is run again; one that',
    'has ended is only compared. The exit code is 1 for any difference. docs/scaling.md tells the whole way, and the way back.',
  ],

  async run(values) {
    // Loaded only here: the other commands need neither the engines nor their stores.
    const [{ readSettings }, { migrate }] = await Promise.all([import('../../config/index.js'), import('../../migration/index.js')]);
    // Nothing is signed, so no secret is made for it.
    const settings = readSettings(given(values), { developmentSecret: () => '' });
    const report = await migrate(settings, {
      progress: ({ step, logs, entries, size }) => note(`${step}: ${logs} of ${size.logs} logs, ${entries} of about ${size.entries} notifications`),
      failed: (error) => note(error.message),
    });
    process.stdout.write(values.flag('json') ? `${JSON.stringify(report)}\n` : table(report.kinds));
    const { target, outcome } = report;
    if (!report.same) {
      throw new Error(
        outcome === 'present'
          ? `the store was moved to ${target} before, and one of them has changed since: nothing was changed now`
          : `what is at ${target} is not what ${settings.dataDir} has, so no server will start on it. Run this again.`,
      );
    }
    note(`${outcome === 'present' ? 'nothing to do: everything' : 'everything'} of ${settings.dataDir} is at ${target}`);
  },
};

function given(values: OptionValues): Record<string, string | undefined> {
  return { ENGINE: 'redis', DATA_DIR: values.text('from'), REDIS_URL: values.text('to') };
}

function note(text: string): void {
  process.stderr.write(`chatapi: ${text}\n`);
}

/** As much of a side as is printed. */
interface Row {
  readonly kind: string;
  readonly source: { readonly count: number; readonly digest: string };
  readonly target: { readonly count: number; readonly digest: string };
  readonly same: boolean;
}

const DIGEST_SHOWN = 12;

function table(rows: readonly Row[]): string {
  const lines = [['', 'embedded', 'digest', 'redis', 'digest', ''], ...rows.map(toCells)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  return lines.map((cells) => `${cells.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()}\n`).join('');
}

function toCells({ kind, source, target, same }: Row): string[] {
  const sides = [source, target].flatMap(({ count, digest }) => [String(count), digest.slice(0, DIGEST_SHOWN)]);
  return [kind, ...sides, same ? 'same' : 'DIFFERENT'];
}
