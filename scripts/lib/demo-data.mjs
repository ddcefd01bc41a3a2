// What a newcomer plays with: a room with a member, and two tokens.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from './run.mjs';

/** The room and its member. */
export const ROOM = 'lobby';
export const MEMBER = 'alice';

/** How long the tokens hold, in hours. */
export const TOKEN_HOURS = 24;

/**
 * Makes the room and lets the member in; nothing changes when both are there already.
 *
 * @throws Error when the server refuses
 */
export async function ensureRoom(origin, adminToken) {
  const created = await request('POST', `${origin}/api/v1/rooms`, adminToken, { id: ROOM, name: 'Lobby', members: [MEMBER] });
  if (created.status !== 409) return requireSuccess(created);
  requireSuccess(await request('PUT', `${origin}/api/v1/rooms/${ROOM}/members/${MEMBER}`, adminToken));
}

/** A token of the server that has this environment, made with the `chatapi` command. */
export async function makeToken(environment, subject, scope) {
  const scopeArguments = scope === undefined ? [] : ['--scope', scope];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['dist/cli/main.js', 'token', '--sub', subject, ...scopeArguments, '--ttl', String(TOKEN_HOURS * 3600), '--json'],
    { cwd: ROOT, env: environment },
  );
  return JSON.parse(stdout).token;
}

function request(method, url, token, body) {
  return fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

function requireSuccess({ ok, status, url }) {
  if (!ok) throw new Error(`${url} answered ${status}`);
}
