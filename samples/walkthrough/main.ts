import { serverOf } from '../../src/cli/server';
import { CommandFailed } from '../../src/cli/verb';
import { play, Strayed } from './play';
import { whereToLook } from './where-to-look';
import { STEPS } from './steps';

/**
 * Plays the walkthrough on the server that runs on this machine, or on that of `LEDGER_URL` with the token in `LEDGER_TOKEN`. The project is
 * a new one each time.
 */
async function main(): Promise<void> {
  const projectId = `walkthrough-${Date.now().toString(36)}`;
  const server = await serverOf(process.env, {}, 'walkthrough');
  await play(server, projectId, STEPS, (line) => console.log(line));
  console.log(`\nAll ${STEPS.length} steps went as they should, in the project ${projectId}. ${whereToLook(server.url, projectId)}`);
}

main().catch((error: Error) => {
  const cause = error.cause as { code?: string } | undefined;
  if (error instanceof Strayed) console.error(`It went otherwise: ${error.message}`);
  else if (error instanceof CommandFailed) console.error(error.message);
  else if (cause?.code === 'ECONNREFUSED') console.error('There is no server here. Start one with `npm start`, in another terminal.');
  else console.error(error);
  process.exitCode = 1;
});
