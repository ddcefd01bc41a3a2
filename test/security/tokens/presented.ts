// A token held out at both doors: what the server does with it.
import { RawClient } from '../../support/raw-client.js';
import type { ServerProcess } from '../../support/server-process.js';

/** The answers of both doors. */
export interface Presented {
  /** `open`, or the codes of the frames that came and of the close; or the status of an upgrade that was refused. */
  upgrade: string;
  /** The status, and the code of the problem. */
  http: string;
}

/** Everything is well. */
export const ACCEPTED: Presented = { upgrade: 'open', http: '200' };

/** One error frame and the close code on the socket; a problem over HTTP. */
export const REFUSED: Presented = { upgrade: 'CONNECTION_ERROR: Authentication failed; closed with 4401', http: '401 UNAUTHENTICATED' };

/** Connects with a token, and asks for its rooms with it. */
export async function present(server: ServerProcess, token: string): Promise<Presented> {
  const [upgrade, http] = await Promise.all([knock(server, token), ask(server, token)]);
  return { upgrade, http };
}

async function knock({ port }: ServerProcess, token: string): Promise<string> {
  const client = await new RawClient({ port, token: encodeURIComponent(token) }).opened();
  if (client.frames[0]?.type === 'connected') {
    await client.close();
    return 'open';
  }
  await client.ended();
  const said = client.frames.map(({ data }) => `${String(data.code)}: ${String(data.message)}`);
  return [...said, client.outcome].join('; ');
}

async function ask({ origin }: ServerProcess, token: string): Promise<string> {
  const response = await fetch(`${origin}/api/v1/rooms`, { headers: { authorization: `Bearer ${token}` } });
  const { code } = (await response.json()) as { code?: string };
  return [response.status, code].filter((part) => part !== undefined).join(' ');
}
