// Something that is loaded from the server, shown while it is loaded again, and watched if need be.
import { useEffect, useState } from 'preact/hooks';

/** What there is of it. */
export interface Loaded<T> {
  /** The newest that came; undefined before the first, and after a change of what is asked for. */
  data: T | undefined;
  /** Why the newest attempt failed; undefined when it did not. */
  error: unknown;
  loading: boolean;
  /** Loads it again; what is there stays until then. */
  reload: () => void;
}

interface State<T> {
  key: string | undefined;
  data: T | undefined;
  error: unknown;
  loading: boolean;
}

/**
 * Loads whenever `key` changes, at `reload()`, and every `everyMs` while the page is visible.
 *
 * @param key what is asked for: data of another key is not shown; undefined to ask for nothing
 */
export function useLoaded<T>(key: string | undefined, load: (signal: AbortSignal) => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<State<T>>({ key, data: undefined, error: undefined, loading: true });
  const [turn, setTurn] = useState(0);
  const reload = (): void => setTurn((before) => before + 1);

  useEffect(() => {
    if (key === undefined) return undefined;
    const ending = new AbortController();
    const { signal } = ending;
    setState((before) => ({ key, data: before.key === key ? before.data : undefined, error: undefined, loading: true }));
    load(signal).then(
      (data) => signal.aborted || setState({ key, data, error: undefined, loading: false }),
      (error: unknown) => signal.aborted || setState((before) => ({ ...before, error, loading: false })),
    );
    return () => ending.abort();
  }, [key, turn]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => document.hidden || reload(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);

  const current = state.key === key;
  return { data: current ? state.data : undefined, error: current ? state.error : undefined, loading: key !== undefined && (!current || state.loading), reload };
}
