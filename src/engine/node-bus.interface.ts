// Between the processes that share a store.

/** What the other processes answered. */
export interface NodeAnswers {
  /** In no order; null where there was nothing to say. */
  readonly answers: readonly unknown[];
  /** Processes that live, as far as is known, and did not answer in time. */
  readonly silent: number;
}

/** Asks the other processes, and answers them. What goes over it is JSON. */
export interface NodeBus {
  /** Asks all others. Rejects with `STORE_UNAVAILABLE` when they cannot be asked. */
  ask(topic: string, question: unknown): Promise<NodeAnswers>;
  /** Sets who answers questions of a topic here; it may answer later. */
  answer(topic: string, handler: (question: unknown) => unknown): void;
}

/** Of a process that shares its store with nobody. */
export const noOtherNodes: NodeBus = {
  ask: () => Promise.resolve({ answers: [], silent: 0 }),
  answer: () => undefined,
};
