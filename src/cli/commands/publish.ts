// `chatapi publish`: one message to a room, over HTTP.
import type { Command } from '../command.js';

const TIMEOUT_MS = 30_000;

/** The answer of the server, as far as it is printed. */
interface Published {
  id: string;
  room_id: string;
  seq: number;
}

/** What is sent. */
interface Message {
  content: string;
  id?: string;
}

export const publishCommand: Command = {
  summary: 'publishes a message in a room',
  options: {
    room: { value: 'room', description: 'the room id', required: true },
    content: { value: 'text', description: 'what the message says', required: true },
    token: { value: 'token', description: 'of a member, or with scope publish', required: true },
    url: { value: 'url', description: 'the server; http://localhost:8000 when absent' },
    id: { value: 'id', description: 'the id of the message: publishing it again with the same id changes nothing' },
    json: { description: 'the answer of the server as JSON' },
  },

  async run(values) {
    const server = values.url('url', 'http://localhost:8000', ['http', 'https']);
    const room = values.identifier('room') ?? '';
    const id = values.identifier('id');
    const answer = await post(new URL(`/api/v1/rooms/${encodeURIComponent(room)}/messages`, server), values.required('token'), {
      content: values.required('content'),
      ...(id !== undefined && { id }),
    });
    const published = JSON.parse(answer) as Published;
    process.stdout.write(`${values.flag('json') ? answer : `${published.id} is number ${published.seq} of ${published.room_id}`}\n`);
  },
};

/** The body of a 2xx answer. */
async function post(url: URL, token: string, message: Message): Promise<string> {
  const response = await send(url, token, message);
  const text = await response.text();
  if (!response.ok) throw new Error(`not published: ${refusal(response.status, text)}`);
  return text;
}

async function send(url: URL, token: string, message: Message): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const { message: words, cause } = error as Error;
    const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : words;
    const cure = message.id === undefined ? 'with an --id, trying again would be harmless' : 'trying again with the same --id is harmless';
    throw new Error(`no answer from ${url.origin} (${reason}). If the message was sent it may be published; ${cure}.`, { cause: error });
  }
}

/** What the problem in an answer's body says. */
function refusal(status: number, text: string): string {
  try {
    const { code, detail, errors } = JSON.parse(text) as { code?: string; detail?: string; errors?: Record<string, string[]> };
    const reasons = [detail, ...Object.values(errors ?? {}).flat()].filter((reason) => reason !== undefined);
    return `${code ?? 'no code'} (${status}): ${reasons.join('; ')}`;
  } catch {
    return `HTTP ${status}`;
  }
}
