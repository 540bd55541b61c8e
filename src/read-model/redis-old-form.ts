import type { LedgerIdentity } from './generations';
import type { RedisConnection } from '../redis/connection';
import type { RedisKeys } from './redis-keys';
import { claim, fieldsOf, ownerOf } from './redis-registry';
import { idInOldRegistry, oldGenerationId, type RedisNames } from './redis-names';
import { deleteKeys } from './redis-sweep';

const CHECKPOINTS_AT_ONCE = 32;

/**
 * Generations of the old form, whose names do not say which ledger they are of. One whose checkpoints all name events of this ledger is
 * claimed, and used or deleted as if it were of the new form; any other is left alone for ever. Instances of the version before may still use
 * it, and say so in the old registry.
 */
export class OldGenerations {
  /** Those that are known not to be this ledger's. */
  private readonly foreign = new Set<string>();

  constructor(
    private readonly connection: RedisConnection,
    private readonly names: RedisNames,
    private readonly ledger: LedgerIdentity,
  ) {}

  /** The complete generation that instances of the version before read, if it is this ledger's. */
  async live(version: string): Promise<string | undefined> {
    const fields = await this.fields();
    const oldId = fields[`live:${version}`];
    if (oldId === undefined || fields[`built:${oldId}`] !== '1') return undefined;
    const id = oldGenerationId(oldId);
    return id !== undefined && (await this.isOurs(id)) ? id : undefined;
  }

  /** Deletes those that are this ledger's and that no instance needs. `isKnown`: the new registry still has it. */
  async sweep(keepMs: number, isKnown: (id: string) => Promise<boolean>): Promise<readonly string[]> {
    const fields = await this.fields();
    const [seconds] = await this.connection.ask((client) => client.time());
    const deleted: string[] = [];
    for (const name of Object.keys(fields)) {
      const id = name.startsWith('version:') ? oldGenerationId(name.slice('version:'.length)) : undefined;
      if (id === undefined || isInUse(fields, id, Number(seconds) * 1_000 - keepMs)) continue;
      if ((await isKnown(id)) || !(await this.isOurs(id))) continue;
      await this.delete(id, fields);
      deleted.push(id);
    }
    return deleted;
  }

  private async fields(): Promise<Record<string, string>> {
    const { oldRegistry } = this.names;
    // Another application may call anything so.
    const type = await this.connection.read((client) => client.type(oldRegistry));
    return type === 'hash' ? this.connection.read((client) => client.hgetall(oldRegistry)) : {};
  }

  private async isOurs(id: string): Promise<boolean> {
    if (this.foreign.has(id)) return false;
    const keys = this.names.keysOf(id);
    try {
      const owner = await ownerOf(this.connection, keys);
      if (owner === this.names.ledgerId) return true;
      if (owner === undefined && (await this.fits(keys)) && (await claim(this.connection, keys, this.names.ledgerId))) return true;
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('WRONGTYPE'))) throw error;
    }
    this.foreign.add(id);
    return false;
  }

  private async fits(keys: RedisKeys): Promise<boolean> {
    const projectIds = await this.connection.read((client) => client.smembers(keys.projects));
    let found = false;
    for (let at = 0; at < projectIds.length; at += CHECKPOINTS_AT_ONCE) {
      const held = await Promise.all(projectIds.slice(at, at + CHECKPOINTS_AT_ONCE).map((projectId) => this.isHeld(keys, projectId)));
      if (held.includes(false)) return false;
      found ||= held.includes(true);
    }
    // One that is empty could be any ledger's.
    return found;
  }

  /** Whether the ledger has the event that a checkpoint names; undefined: there is no checkpoint. */
  private async isHeld(keys: RedisKeys, projectId: string): Promise<boolean | undefined> {
    const { revision, hash } = await this.connection.read((client) => client.hgetall(keys.checkpoint(projectId)));
    if (revision === undefined || hash === undefined) return undefined;
    return this.ledger.holds(projectId, { revision: Number(revision), hash });
  }

  private async delete(id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const keys = this.names.keysOf(id);
    await deleteKeys(this.connection, this.names.patternOf(id), (key) => keys.has(key) && key !== keys.marker);
    const oldId = idInOldRegistry(id)!;
    const pointing = Object.keys(fields).filter((name) => /^(live|previous|building):/.test(name) && fields[name] === oldId);
    await this.connection.ask((client) => client.hdel(this.names.oldRegistry, ...fieldsOf(oldId), ...pointing));
    await this.connection.ask((client) => client.unlink(keys.marker));
  }
}

/** Whether an instance of the version before may read or build it: one that runs says each second that it does. */
function isInUse(fields: Readonly<Record<string, string>>, id: string, since: number): boolean {
  const oldId = idInOldRegistry(id)!;
  const version = fields[`version:${oldId}`]!;
  const pointed = ['live', 'previous', 'building'].some((kind) => fields[`${kind}:${version}`] === oldId);
  return pointed && Number(fields[`seen:${version}`] ?? 0) > since;
}
