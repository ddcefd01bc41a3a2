// A value that changes quickly, once it has stopped.
import { useEffect, useState } from 'preact/hooks';

/** The value as it was when it had not changed for that long. */
export function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
