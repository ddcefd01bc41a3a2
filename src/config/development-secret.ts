// The secret of a server in development: made once, kept beside the store.
import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The secret's file in DATA_DIR. */
export const SECRET_FILE = 'jwt-secret';

const SECRET_BYTES = 32;

/**
 * The secret in the directory, for its owner alone (mode 0600); made when there is none. Of several processes that begin at
 * once all get the same.
 *
 * @throws Error naming the cure, when the directory cannot be used or the file holds no secret
 */
export function keptSecret(dataDir: string): string {
  const path = join(dataDir, SECRET_FILE);
  const secret = read(path) ?? make(dataDir, path);
  if (Buffer.byteLength(secret) < SECRET_BYTES) {
    throw new Error(`${path} holds no secret of ${SECRET_BYTES} bytes or more. Delete it and a new one is made; tokens signed with the old one end.`);
  }
  return secret;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, error);
  }
}

/** Written aside and then linked: nobody sees half a secret, and the first of several makers wins. */
function make(dataDir: string, path: string): string {
  const draft = `${path}.${randomUUID()}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600 });
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw unusable(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function unusable(path: string, cause: unknown): Error {
  return new Error(`The secret for development cannot be kept in ${path}: ${(cause as Error).message}. Set JWT_SECRET, or name another DATA_DIR.`, { cause });
}
