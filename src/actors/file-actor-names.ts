import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../domain/event';
import { sha256 } from '../domain/json';
import { replaceFile } from '../files/private';
import { actorKey, ActorNamesUnavailable, MOST_NAMES, type ActorNameStore, type KeepOutcome } from './actor-names';

interface Kept {
  readonly name: string;
  readonly saidAt: number;
}

const NAME = '.name.json';
const FORGOTTEN = '.forgotten';

/**
 * A file for each name, in a directory that the instances of this machine share: to erase one is to delete its file. That an actor was forgotten is
 * written before the name is deleted, and looked for after a name is written, so that one of the two deletes it.
 */
export class FileActorNames implements ActorNameStore {
  constructor(
    private readonly directory: string,
    private readonly most: number = MOST_NAMES,
  ) {}

  async names(actors: readonly Actor[]): Promise<readonly (string | undefined)[]> {
    return this.reached(() =>
      Promise.all(
        actors.map(async (actor) => {
          const kept = await this.keptOf(actor);
          return kept !== undefined && kept.saidAt > (await this.forgottenAt(actor)) ? kept.name : undefined;
        }),
      ),
    );
  }

  async keep(actor: Actor, name: string, saidAt: number): Promise<KeepOutcome> {
    return this.reached(async () => {
      const known = await this.keptOf(actor);
      if (saidAt <= (await this.forgottenAt(actor)) || (known !== undefined && known.saidAt > saidAt)) return 'outdated';
      if (known === undefined && (await this.count()) >= this.most) return 'full';
      await replaceFile(this.fileOf(actor, NAME), JSON.stringify({ name, saidAt } satisfies Kept));
      if (saidAt > (await this.forgottenAt(actor))) return 'kept';
      await rm(this.fileOf(actor, NAME), { force: true });
      return 'outdated';
    });
  }

  async forget(actor: Actor, forgottenAt: number): Promise<boolean> {
    return this.reached(async () => {
      const known = await this.keptOf(actor);
      await replaceFile(this.fileOf(actor, FORGOTTEN), String(forgottenAt));
      await rm(this.fileOf(actor, NAME), { force: true });
      return known !== undefined;
    });
  }

  async close(): Promise<void> {}

  private fileOf(actor: Actor, ending: string): string {
    return join(this.directory, `${sha256(actorKey(actor))}${ending}`);
  }

  private async keptOf(actor: Actor): Promise<Kept | undefined> {
    const text = await readFile(this.fileOf(actor, NAME), 'utf8').catch(unlessAbsent);
    return text === undefined ? undefined : (JSON.parse(text) as Kept);
  }

  private async forgottenAt(actor: Actor): Promise<number> {
    return Number((await readFile(this.fileOf(actor, FORGOTTEN), 'utf8').catch(unlessAbsent)) ?? Number.NEGATIVE_INFINITY);
  }

  private async count(): Promise<number> {
    const files = (await readdir(this.directory).catch(unlessAbsent)) ?? [];
    return files.filter((file) => file.endsWith(NAME) && !file.startsWith('.')).length;
  }

  private async reached<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const message = `The names of actors in ${this.directory} cannot be used: ${(error as Error).message}`;
      throw new ActorNamesUnavailable(message, { cause: error });
    }
  }
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
