import { useEffect, useState } from 'react';

const PAUSE_MS = 300;

/** A value as it was when the person last paused: what is asked of the server is not asked at every letter. */
export function usePaused<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
