// The secret of a server in development: made once, nobody else's to read.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptSecret, SECRET_FILE } from './development-secret.js';

let parent: string;
let dataDir: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chatapi-secret-'));
  dataDir = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe('keptSecret', () => {
  it('is made once and read back later', () => {
    const secret = keptSecret(dataDir);
    expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
    expect(keptSecret(dataDir)).toBe(secret);
    expect(readdirSync(dataDir)).toEqual([SECRET_FILE]);
  });

  it('is another one in another directory', () => {
    expect(keptSecret(dataDir)).not.toBe(keptSecret(join(parent, 'other')));
  });

  it('is for its owner alone', () => {
    keptSecret(dataDir);
    expect(statSync(join(dataDir, SECRET_FILE)).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  it('refuses a file that holds no usable secret, and leaves it as it is', () => {
    keptSecret(dataDir);
    writeFileSync(join(dataDir, SECRET_FILE), 'short\n');
    expect(() => keptSecret(dataDir)).toThrow(/holds no secret of 32 bytes or more\. Delete it/);
    expect(readFileSync(join(dataDir, SECRET_FILE), 'utf8')).toBe('short\n');
  });

  it('names the cure when the directory cannot be used', () => {
    writeFileSync(dataDir, 'a file');
    expect(() => keptSecret(dataDir)).toThrow(/Set JWT_SECRET, or name another DATA_DIR/);
  });
});
