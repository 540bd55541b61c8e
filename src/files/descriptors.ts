import { open } from 'node:fs/promises';
import { devNull } from 'node:os';

/** The codes by which a system says that a process, or all of them, may open no more. */
const EXHAUSTED: readonly unknown[] = ['EMFILE', 'ENFILE'];

const openOne = async (): Promise<void> => (await open(devNull, 'r')).close();

/**
 * Calls `onExhausted` when this process has run out of file descriptors, once until it has some again: connections are closed then before anything of
 * them is seen, and nothing else would say so. Answers how to end the watch.
 */
export function watchDescriptors(onExhausted: (code: string) => void, intervalMs = 1_000, probe = openOne): () => void {
  let exhausted = false;
  let probing = false;
  const look = async (): Promise<void> => {
    if (probing) return;
    probing = true;
    const { code } = await probe().then(
      () => ({ code: undefined }),
      (error: NodeJS.ErrnoException) => error,
    );
    probing = false;
    const before = exhausted;
    exhausted = EXHAUSTED.includes(code);
    if (exhausted && !before) onExhausted(code as string);
  };
  const timer = setInterval(() => void look(), intervalMs).unref();
  return () => clearInterval(timer);
}
