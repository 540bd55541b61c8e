import { projections, PROJECTION_VERSION } from '../../projections';
import { NotWhole } from '../audit/copy';
import { digestOf, NeverStill, type DigestPart } from '../audit/digest';
import { NoSuchPoint } from '../audit/history-point';
import { replayHistory } from '../audit/replay-history';
import { decodeCursor, pointsBehind, type Cursor } from '../domain/cursor';
import { upcast } from '../audit/entry';
import { UpgradeRequired } from '../event-store/upcast';
import { replay } from '../projector/replay';
import { createMemoryReadModel } from '../read-model/memory';
import { ReadModelUnavailable } from '../read-model/read-model';
import { readSettings } from '../settings';
import { ask, ifThere } from './ask';
import { ownLedger, withLedger } from './ledger';
import type { ReplayOptions } from './replay';
import { serverOf } from './server';
import { CommandFailed, Ended, WrongUse, type Terminal } from './verb';

/** The exit code when they are not the same. */
const DIFFERENT = 3;
const COLLECTIONS = projections.map(({ collection }) => collection);
const DIGEST = 'query Digest($projectId: ID!) { readModelDigest(projectId: $projectId) { cursor parts { name count digest } } }';

interface Live {
  readonly cursor: Pick<Cursor, 'revision' | 'mark'>;
  readonly parts: readonly DigestPart[];
}

/** Projects the history anew, up to where the live read model is, and says part by part whether the two are the same. */
export async function compareWithLive(terminal: Terminal, options: ReplayOptions): Promise<void> {
  const { project, json } = options;
  if (options.to !== undefined || options.step)
    throw new WrongUse('--compare compares with what queries show now: leave out --to and --step.');
  const live = await liveDigest(terminal, options).catch((error: unknown) => {
    const expected = error instanceof NeverStill || error instanceof ReadModelUnavailable;
    throw expected ? new CommandFailed(error.message, { cause: error }) : error;
  });
  if (live === undefined) throw new CommandFailed(`The read model shows no project "${project}".`);
  const anew = await replayed(terminal, project, live.cursor);
  const parts = live.parts.map((part) => {
    const mine = anew.find(({ name }) => name === part.name);
    return { name: part.name, same: mine?.digest === part.digest, live: part.count, replayed: mine?.count ?? 0 };
  });
  const same = parts.every((part) => part.same) && parts.length === anew.length;
  const { revision } = live.cursor;
  if (json) terminal.out(`${JSON.stringify({ same, projectId: project, revision, parts })}\n`);
  else if (same)
    terminal.out(
      `The same, byte for byte, at revision ${revision}: ${parts.map(({ name, live: count }) => `${name} ${count}`).join(', ')}.\n`,
    );
  else {
    for (const part of parts.filter(({ same: is }) => !is))
      terminal.out(`Not the same: ${part.name}: ${part.live} in the read model, ${part.replayed} by the history, and they differ.\n`);
    terminal.out(`"experience-ledger rebuild" makes the read models anew from the history.\n`);
  }
  if (!same) throw new Ended(DIFFERENT);
}

async function liveDigest(terminal: Terminal, options: ReplayOptions): Promise<Live | undefined> {
  const { readModel } = readSettings(terminal.environment);
  if (readModel.kind === 'memory' || options.url !== undefined) return digestOfServer(terminal, options);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its client takes a good part of a start
  const { RedisGenerations } = require('../read-model/redis-generations') as typeof import('../read-model/redis-generations');
  const generations = await RedisGenerations.open(readModel.address, {
    id: () => withLedger(ownLedger(terminal.environment), 'read', (store) => store.ledgerId()),
    // Nothing is taken over by a comparison.
    holds: () => Promise.resolve(false),
  });
  try {
    const live = (await generations.list()).find(({ version, state }) => version === PROJECTION_VERSION && state === 'LIVE');
    if (live === undefined) throw new CommandFailed('Redis has no read models of this version: start a server of it first.');
    const generation = await generations.open(live.id);
    try {
      const digest = await digestOf(generation.readModel, options.project, COLLECTIONS);
      if (digest === undefined) return undefined;
      const { revision, hash } = digest.checkpoint;
      return { cursor: { revision, mark: hash.slice(0, 16) }, parts: digest.parts };
    } finally {
      await generations.release(generation);
    }
  } finally {
    await generations.close();
  }
}

async function digestOfServer(terminal: Terminal, options: ReplayOptions): Promise<Live | undefined> {
  const server = await serverOf(terminal.environment, options);
  const answer = await ifThere(
    ask<{ readModelDigest: { readonly cursor: string; readonly parts: readonly DigestPart[] } }>(server, DIGEST, {
      projectId: options.project,
    }),
  );
  const cursor = answer && decodeCursor(answer.readModelDigest.cursor);
  return answer && cursor && { cursor, parts: answer.readModelDigest.parts };
}

async function replayed(terminal: Terminal, project: string, cursor: Live['cursor']): Promise<readonly DigestPart[]> {
  const readModel = createMemoryReadModel();
  const to = { kind: 'revision', revision: cursor.revision } as const;
  try {
    await withLedger(ownLedger(terminal.environment), 'read', (store) =>
      replay({ events: replayHistory({ store, projectId: project, to }), readModel, projections, upcast }),
    );
  } catch (error) {
    const expected = error instanceof NotWhole || error instanceof UpgradeRequired || error instanceof NoSuchPoint;
    throw expected ? new CommandFailed(error.message, { cause: error }) : error;
  }
  const digest = await digestOf(readModel, project, COLLECTIONS);
  if (digest === undefined || !pointsBehind({ projectId: project, ...cursor }, digest.checkpoint)) {
    throw new CommandFailed(
      `The read model shows another history of "${project}" than the event store has: revision ${cursor.revision} is not the same event.`,
    );
  }
  return digest.parts;
}
