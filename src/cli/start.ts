import type { Command } from 'commander';
import pino from 'pino';
import { StoreUnavailable } from '../event-store/event-store';
import { explorerAddress, firstCommands } from '../http/first-steps';
import { buildLogger } from '../http/logger';
import { assertUsersAreShared, readSettings } from '../settings';
import { CommandFailed, type Terminal } from './verb';

/** What the first start hands over once. */
interface FirstStart {
  readonly token: string;
  /** Opens the dashboard once; undefined: none is served. */
  readonly link: string | undefined;
  readonly ttl: string;
  readonly url: string;
}

/** Runs the server until it is asked to stop: SIGTERM (after DRAIN_SECONDS) or SIGINT stop it gracefully, a second one at once. */
export function startVerb(command: Command, terminal: Terminal): void {
  command
    .option(
      '--json',
      'print {"url", "token", "link"} on one line when it is ready, instead of words (token and link: at the first start only)',
    )
    .action(async ({ json }: { json?: true }) => {
      const settings = readSettings(terminal.environment);
      assertUsersAreShared(settings);
      const logger = buildLogger(settings.logLevel, pino.destination({ fd: 2, sync: true }));
      // Loaded now, not above: --help and token need none of it, and it takes most of the time. `require`, since `import()` would stay
      // an ES import in our CommonJS output.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { start } = require('../main') as typeof import('../main');
      const {
        url,
        ready,
        stop,
        firstToken,
        firstLink: link,
      } = await start(settings, { logger, buildsDashboard: true }).catch((error: Error) => {
        // What an operator has to do is said below; where in the code it was noticed is of use for what is not expected alone.
        logger.fatal(isExpected(error) ? { reason: error.message } : { err: error }, 'the server could not start');
        throw new CommandFailed(`The server could not start: ${reason(error)}`);
      });
      // Listens for the signal before the server reports ready: it may be stopped at once.
      const stopSignal = stopped();
      const end = async (): Promise<void> => {
        // A person at a terminal does not wait for a proxy.
        const drainSeconds = (await stopSignal) === 'SIGTERM' ? settings.drainSeconds : 0;
        await stopInTime(() => stop(drainSeconds), drainSeconds + settings.stopSeconds, logger);
      };
      if (!(await Promise.race([ready.then(() => true), stopSignal.then(() => false)]))) return end();
      if (json) terminal.out(`${JSON.stringify({ url, ...(firstToken === undefined ? {} : { token: firstToken, link }) })}\n`);
      else terminal.out(firstToken === undefined ? `${welcomeTo(url)}${LATER}` : welcome({ url, token: firstToken, link, ttl: '30 days' }));
      await end();
    });
}

/** What a stop may take beyond `DRAIN_SECONDS` and, for the requests in flight, `STOP_SECONDS`. */
const STOP_EXTRA_MS = 5_000;
/** How long the process may live after the stop: only an open handle, such as a client library's socket, keeps it alive then. */
const LINGER_MS = 1_000;

/** Stops, and ends the process also if a part hangs or leaves something open: an operator who sent SIGTERM must not have to kill it. */
async function stopInTime(stop: () => Promise<void>, allowedSeconds: number, logger: pino.Logger): Promise<void> {
  const overdue = setTimeout(
    () => {
      logger.error({ open: process.getActiveResourcesInfo() }, 'the stop takes too long: ending the process');
      process.exit(1);
    },
    allowedSeconds * 1_000 + STOP_EXTRA_MS,
  );
  await stop();
  clearTimeout(overdue);
  setTimeout(() => {
    logger.warn({ open: process.getActiveResourcesInfo() }, 'stopped, and something is still open: ending the process');
    process.exit();
  }, LINGER_MS).unref();
}

/** The trouble is around the server: a port, a directory, a store. */
function isExpected(error: NodeJS.ErrnoException): boolean {
  return error.code !== undefined || error instanceof StoreUnavailable;
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  const advice =
    code === 'EADDRINUSE' ? '. Another process has the port: stop it, or set PORT.' : code === 'EACCES' ? '. Check PORT and DATA_DIR.' : '';
  return `${message}${advice}`;
}

function welcomeTo(url: string): string {
  return `\nExperience Ledger is ready: ${url} (the API: ${url}/graphql)\n\n`;
}

const LATER = `To sign in: bin/experience-ledger open prints a link for the dashboard, and
bin/experience-ledger token --role admin --project '*' a token.

`;

/** Printed by the first start and never again: the token is stored nowhere. */
export function welcome({ url, token, link, ttl }: FirstStart): string {
  const { create, ask } = firstCommands(url, token);
  return `${welcomeTo(url)}${link === undefined ? '' : opening(link)}This is the first start. Your admin token, valid for ${ttl} and shown only now:

  ${token}

(Another one: bin/experience-ledger token --role admin --project '*')

The explorer, with this token (in a browser):

  ${explorerAddress(url, token)}

Create a project and a key in it:

${create}

Ask for the value of the key, as an app does:

${ask}

`;
}

function opening(link: string): string {
  return `Open the dashboard: ${link}

(The link signs in once, within 15 minutes. Another one: bin/experience-ledger open)

`;
}

/** Resolves with the first signal; the second ends the process at once. */
function stopped(): Promise<'SIGTERM' | 'SIGINT'> {
  return new Promise((resolve) => {
    let received = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (received) process.exit(1);
        received = true;
        resolve(signal);
      });
    }
  });
}
