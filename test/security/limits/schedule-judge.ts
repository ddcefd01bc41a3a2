// Whether answers to messages obey a sliding window, judged only by what is certain: a message was counted between its sending and its answer.

/** One message and its answer. Times are in milliseconds. */
export interface Sending {
  /** By the sender's clock. */
  sentAt: number;
  answeredAt: number;
  /** The server's timestamp of the message; absent when it was refused. */
  stamp?: number;
  /** The code of the refusal. */
  refusal?: string;
}

/** What came of a schedule. */
export interface Judgement {
  accepted: number;
  refused: number;
  /** What the window forbids, in words. */
  faults: string[];
}

/** Between the clock that counts and the clock that stamps: rounding, and their drift over a window. */
const CLOCKS_APART_MS = 2;

/** Judges all messages of one client. */
export function judge(sendings: readonly Sending[], { limit, windowMs }: { limit: number; windowMs: number }): Judgement {
  const accepted = sendings.filter((sending): sending is Sending & { stamp: number } => sending.stamp !== undefined);
  const refused = sendings.filter(({ stamp }) => stamp === undefined);
  const faults = refused.filter(({ refusal }) => refusal !== 'RATE_LIMIT_EXCEEDED').map(({ refusal }) => `refused with ${refusal}`);

  const byStamp = [...accepted].sort((a, b) => a.stamp - b.stamp);
  for (let last = limit; last < byStamp.length; last++) {
    const group = byStamp.slice(last - limit, last + 1);
    // A message is counted before it is stamped, by no more than its answer took.
    const slack = Math.max(...group.map(({ sentAt, answeredAt }) => answeredAt - sentAt)) + CLOCKS_APART_MS;
    const span = group[limit].stamp - group[0].stamp;
    if (span + slack < windowMs) faults.push(`${limit + 1} accepted within ${span} ms by their timestamps (± ${slack})`);
    const longest = Math.max(...group.map(({ answeredAt }) => answeredAt)) - Math.min(...group.map(({ sentAt }) => sentAt));
    if (longest < windowMs) faults.push(`${limit + 1} accepted within ${longest} ms by the sender's clock`);
  }

  for (const { sentAt, answeredAt } of refused) {
    const mayBeInWindow = accepted.filter((other) => other.answeredAt > sentAt - windowMs - CLOCKS_APART_MS && other.sentAt < answeredAt);
    if (mayBeInWindow.length < limit) faults.push(`refused with at most ${mayBeInWindow.length} in the window`);
  }
  return { accepted: accepted.length, refused: refused.length, faults };
}
