// A disk that takes half a line and then no more: what it took is no record, and the record is written once it can be.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/server-process.js';

/** The largest file that the process may write, in KiB: as with a full disk, the write that reaches it ends in the middle. */
const FILE_LIMIT_KIB = 64;
const RECORDS = 900;

describe('a write that ends in the middle of a line', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'chatapi-audit-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('loses no record and repeats none', async () => {
    const command = `ulimit -f ${FILE_LIMIT_KIB}; exec "$0" "$@"`;
    const writer = spawn('bash', ['-c', command, process.execPath, 'test/security/audit-writer.mjs', directory, String(RECORDS)], { cwd: PROJECT_ROOT });
    let output = '';
    for (const stream of [writer.stdout, writer.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    const [code] = (await once(writer, 'close')) as [number | null];
    expect(code, output).toBe(0);
    expect(output).toContain('EFBIG');

    const files = readdirSync(directory).sort();
    expect(files).toHaveLength(2);
    const lines = files.flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').filter((line) => line !== ''));
    const torn = lines.filter((line) => !line.endsWith('}'));
    expect(torn).toHaveLength(1);
    const seqs = lines.filter((line) => line.endsWith('}')).map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect(seqs).toEqual(Array.from({ length: RECORDS }, (_, i) => i + 1));
  });
});
