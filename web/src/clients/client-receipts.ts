// The receipts of one client for the newest notifications of a room.
import { path, type Page, request } from '../api/api.js';
import type { EntryAnswer, HistoryAnswer, ReceiptAnswer, RoomAnswer } from '../api/answers.js';

/** How far one got. */
export interface ClientReceipt {
  entry: EntryAnswer;
  state: ReceiptAnswer['state'];
  at?: string;
}

const NEWEST = 10;

/** Newest first. @throws ApiProblem */
export async function receiptsOf(clientId: string, roomId: string): Promise<ClientReceipt[]> {
  const { last_seq: head } = await request<RoomAnswer>('GET', path('rooms', roomId));
  const { items } = await request<HistoryAnswer>('GET', path('rooms', roomId, 'messages'), { query: { after: Math.max(0, head - NEWEST), limit: NEWEST } });
  return Promise.all(items.toReversed().map(async (entry) => ({ entry, ...(await receiptOf(clientId, roomId, entry.seq)) })));
}

/** The route answers for all members, in the order of their ids: the first that begins with the client's is its own, or it has none. */
async function receiptOf(clientId: string, roomId: string, seq: number): Promise<Omit<ClientReceipt, 'entry'>> {
  const route = path('rooms', roomId, 'messages', String(seq), 'receipts');
  const [first] = (await request<Page<ReceiptAnswer>>('GET', route, { query: { prefix: clientId, limit: 1 } })).items;
  if (first?.client_id !== clientId) return { state: 'not_a_member' };
  return { state: first.state, ...(first.at !== undefined && { at: first.at }) };
}
