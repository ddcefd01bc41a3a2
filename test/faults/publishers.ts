// Those who publish while the server is being killed, and note what they know of each attempt.
import type { Api } from '../support/api.js';
import type { History } from '../support/history.js';
import { ConnectionLostError, type RecordingClient } from '../support/recording-client.js';
import type { Random } from './random.js';

/** A message on its way. Its id makes a repetition harmless. */
export interface Draft {
  id: string;
  room: string;
  content: string;
  client_id: string;
}

const REPEATED = 0.8;

/** Makes messages, and keeps those of unknown outcome to be sent again by the same sender. */
export class Drafts {
  private readonly unknown = new Map<string, Draft[]>();
  private count = 0;

  constructor(
    private readonly rooms: readonly string[],
    private readonly random: Random,
    private readonly history: History,
  ) {}

  /** What the sender publishes next: what it does not know the outcome of first, then something new. */
  next(sender: string): Draft {
    const again = this.unknown.get(sender)?.pop();
    if (again !== undefined) return again;
    const id = `m${++this.count}`;
    return { id, room: this.random.pick(this.rooms), content: `${id} of ${sender}`, client_id: sender };
  }

  /** Whether the sender has something to send again. */
  hasUnknown(sender: string): boolean {
    return (this.unknown.get(sender)?.length ?? 0) > 0;
  }

  answered({ id, room, content, client_id: publisher }: Draft, { seq, timestamp }: { seq: number; timestamp: string }): void {
    this.history.record({ kind: 'publish', id, room, content, publisher, outcome: 'ok', seq, timestamp });
  }

  refused({ id, room, content }: Draft): void {
    this.history.record({ kind: 'publish', id, room, content, outcome: 'fail' });
  }

  /** Most are sent again; the rest stay unknown for ever. */
  lost(draft: Draft): void {
    const { id, room, content, client_id: sender } = draft;
    this.history.record({ kind: 'publish', id, room, content, outcome: 'unknown' });
    if (!this.random.chance(REPEATED)) return;
    const waiting = this.unknown.get(sender);
    if (waiting === undefined) this.unknown.set(sender, [draft]);
    else waiting.push(draft);
  }
}

/** Publishes over HTTP, `batch` at a time (1: the room's own route), until the server is gone or `more` says no. */
export async function publishOverHttp(api: Api, sender: string, drafts: Drafts, batch: number, more: () => boolean): Promise<void> {
  while (more()) {
    const sent = Array.from({ length: batch }, () => drafts.next(sender));
    try {
      if (batch === 1) note(drafts, sent[0], await publishOne(api, sent[0]));
      else {
        const { body } = await api.publishAll(sent.map(({ room, ...message }) => ({ room_id: room, ...message })));
        sent.forEach((draft, index) => note(drafts, draft, body.items[index]));
      }
    } catch (error) {
      for (const draft of sent) if (isRefusedConnection(error)) drafts.refused(draft); else drafts.lost(draft);
      return;
    }
  }
}

/** Publishes over a client's own connection, `window` messages unanswered at a time, until it breaks or `more` says no. */
export async function publishOverSocket(client: RecordingClient, drafts: Drafts, window: number, more: () => boolean): Promise<void> {
  const lane = async (): Promise<void> => {
    while (more() && client.isOpen) {
      const draft = drafts.next(client.clientId);
      try {
        const { type, data } = await client.command('message', { room_id: draft.room, id: draft.id, content: draft.content });
        if (type === 'ack') drafts.answered(draft, { seq: Number(data.seq), timestamp: data.timestamp ?? '' });
        else note(drafts, draft, { status: data.code === 'SERVER_ERROR' ? 503 : 400 });
      } catch (error) {
        if (!(error instanceof ConnectionLostError)) throw error;
        drafts.lost(draft);
      }
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
}

async function publishOne(api: Api, { id, room, content, client_id }: Draft): Promise<{ status: number; seq?: number; timestamp?: string }> {
  const { status, body } = await api.publish(room, { id, content, client_id });
  return status === 201 ? { status, seq: body.seq, timestamp: body.timestamp } : { status };
}

function note(drafts: Drafts, draft: Draft, { status, seq, timestamp }: { status: number; seq?: number | undefined; timestamp?: string | undefined }): void {
  if (status === 201 && seq !== undefined && timestamp !== undefined) drafts.answered(draft, { seq, timestamp });
  else if (status === 503) drafts.lost(draft);
  else drafts.refused(draft);
}

/** Nothing was sent: the server was gone already. */
function isRefusedConnection(error: unknown): boolean {
  return error instanceof Error && (error.cause as { code?: unknown } | undefined)?.code === 'ECONNREFUSED';
}
