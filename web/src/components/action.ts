// Something that a person asks for and that takes a moment: one at a time, with what went wrong.
import { useState } from 'preact/hooks';

/** How it stands. */
export interface Action {
  busy: boolean;
  error: unknown;
  /** Runs it; resolves with whether it worked. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  /** Forgets what went wrong. */
  reset: () => void;
}

export function useAction(): Action {
  const [{ busy, error }, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  return {
    busy,
    error,
    run: async (work) => {
      setState({ busy: true, error: undefined });
      try {
        await work();
        setState({ busy: false, error: undefined });
        return true;
      } catch (failure) {
        setState({ busy: false, error: failure });
        return false;
      }
    },
    reset: () => setState({ busy: false, error: undefined }),
  };
}
