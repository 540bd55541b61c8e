import { readSecret } from '../../src/http/secret';
import { issueToken } from '../../src/http/tokens';
import { readSettings } from '../../src/settings';
import { play, Strayed } from './play';
import { STEPS } from './steps';

/**
 * Plays the walkthrough on the server that runs on this machine, or on that of `LEDGER_URL` with the token in `LEDGER_TOKEN`. The project is
 * a new one each time.
 */
async function main(): Promise<void> {
  const { host, port, dataDir } = readSettings(process.env);
  const url = process.env['LEDGER_URL'] ?? `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const token = process.env['LEDGER_TOKEN'] ?? (await localToken(dataDir));
  const projectId = `walkthrough-${Date.now().toString(36)}`;
  await play({ url, token }, projectId, STEPS, (line) => console.log(line));
  console.log(`\nAll ${STEPS.length} steps went as they should, in the project ${projectId}.`);
}

async function localToken(dataDir: string): Promise<string> {
  const { bytes } = await readSecret(dataDir);
  return issueToken(bytes, { subject: 'walkthrough', kind: 'service', roles: { '*': ['admin'] }, ttl: 10 * 60_000 });
}

main().catch((error: Error & { code?: string }) => {
  const cause = error.cause as { code?: string } | undefined;
  if (error instanceof Strayed) console.error(`It went otherwise: ${error.message}`);
  else if (cause?.code === 'ECONNREFUSED' || error.code === 'ENOENT')
    console.error('There is no server here. Start one with `npm start`, in another terminal.');
  else console.error(error);
  process.exitCode = 1;
});
