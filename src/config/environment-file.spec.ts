// The `.env` file and what goes before it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironmentFile, withDefaults } from './environment-file.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'chatapi-env-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('readEnvironmentFile', () => {
  it('reads the variables of the file', () => {
    const path = join(directory, '.env');
    writeFileSync(path, '# a comment\nPORT=9000\nJWT_SECRET="with a space"\n');
    expect(readEnvironmentFile(path)).toEqual({ PORT: '9000', JWT_SECRET: 'with a space' });
  });

  it('finds nothing where there is no file', () => {
    expect(readEnvironmentFile(join(directory, '.env'))).toEqual({});
  });

  it('says which file cannot be read', () => {
    expect(() => readEnvironmentFile(directory)).toThrow(`${directory} cannot be read`);
  });
});

describe('withDefaults', () => {
  it('lets variables that are set go before those of the file', () => {
    expect(withDefaults({ PORT: '1', HOST: '', DATA_DIR: undefined }, { PORT: '2', HOST: 'file', DATA_DIR: 'file' })).toEqual({
      PORT: '1',
      HOST: 'file',
      DATA_DIR: 'file',
    });
  });
});
