import type { ChainProblem } from './chain';
import type { HeadSigner } from './head-signer';

/** How long a start is left alone, in milliseconds: what it has to do first is not this. */
const FIRST_DELAY_MS = 60_000;

interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Has the heads that moved signed every so many minutes; answers how to end that, which waits for what is under way. What cannot be signed is an
 * error in the log each time, since it means that the ledger is not what it was.
 */
export function scheduleHeads(
  signer: Pick<HeadSigner, 'signMoved'>,
  minutes: number,
  log: Log,
  first = FIRST_DELAY_MS,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const broken = (projectId: string, { code, message }: ChainProblem): void =>
    log.error({ projectId, code }, `the history is not whole, so its head was not signed: ${message}`);
  const run = async (): Promise<void> => {
    try {
      const heads = await signer.signMoved(broken);
      log.info({ projects: heads.length }, 'heads signed');
    } catch (error) {
      log.error({ err: error }, 'the heads could not be signed; the next time is as planned');
    }
    if (!stopped) plan(minutes * 60_000);
  };
  const plan = (wait: number): void => {
    timer = setTimeout(() => void (running = run()), wait).unref();
  };
  if (minutes > 0) plan(Math.min(first, minutes * 60_000));
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
