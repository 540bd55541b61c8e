import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DAY_MS, DAYS, playYear } from './play';
import { reportLines } from './report';
import { SimulatedServer } from './simulated-server';

const LEAST_USERS = 1_000;
const MOST_USERS = 1_000_000;

/** The year that ended with the last midnight, so that a server on the real clock goes on from there. */
export const yearBefore = (nowMs: number): number => (Math.floor(nowMs / DAY_MS) - DAYS) * DAY_MS;

function numberOf(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      data: { type: 'string', default: './data/shop' },
    },
  });
  const users = numberOf('users', values.users, LEAST_USERS, MOST_USERS);
  const seed = numberOf('seed', values.seed, 1, 2_147_483_646);
  const directory = resolve(values.data);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new Error(`${directory} is not empty: choose another directory with --data.`);
  await mkdir(directory, { recursive: true });
  const startMs = yearBefore(Date.now());
  const server = await SimulatedServer.open(directory, startMs);
  try {
    await playYear(server, { startMs, users, seed, onDay: showProgress });
    process.stderr.write('\n');
    console.log((await reportLines(server)).join('\n'));
  } finally {
    await server.close();
  }
  console.log(`\nGo on from here with the real clock: DATA_DIR=${values.data} npm start`);
}

function showProgress(day: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rday ${day + 1} of ${DAYS}`);
  else if (day % 30 === 0) process.stderr.write(`day ${day + 1} of ${DAYS}\n`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
