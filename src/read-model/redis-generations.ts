import { BuildUnderWay, type Generation, type GenerationInfo, type Generations, type LedgerIdentity } from './generations';
import { ReadModelUnavailable } from './read-model';
import { RedisReadModel } from './redis';
import type { RedisAddress } from '../redis/address';
import { ABANDON, BEGIN, claim, fieldsOf, LIVE, OVERDUE, ownerOf, PROMOTE, RedisParkedRegistry, REPORT } from './redis-registry';
import { RedisConnection, type Scripts } from '../redis/connection';
import { idInOldRegistry, newGenerationId, RedisNames } from './redis-names';
import { OldGenerations } from './redis-old-form';
import { RedisResumePoints, RESUME } from './redis-resume';
import { deleteKeys } from './redis-sweep';

const SILENCE_MS = 60_000;

const SCRIPTS = {
  ledgerLive: LIVE,
  ledgerBegin: BEGIN,
  ledgerReport: REPORT,
  ledgerPromote: PROMOTE,
  ledgerAbandon: ABANDON,
  ledgerOverdue: OVERDUE,
  ledgerResume: RESUME,
};

/**
 * Generations in a Redis that instances share, and perhaps other ledgers and applications. Their ids are drawn, not counted: should the
 * registry be lost, no new one meets an old one's keys. Nothing is deleted but what has a name of this ledger's and its marker.
 */
export class RedisGenerations implements Generations {
  private readonly connection: RedisConnection;
  private names: RedisNames | undefined;
  private old: OldGenerations | undefined;
  private swept = false;

  private constructor(
    private readonly address: RedisAddress,
    private readonly ledger: LedgerIdentity,
    scripts: Scripts,
  ) {
    this.connection = new RedisConnection(address, { ...scripts, ...SCRIPTS }, ReadModelUnavailable);
  }

  /**
   * Resolves also while Redis or the event store is away: then calls are refused until both are there. `scripts`: more of them, for others to
   * run over the same connection.
   */
  static async open(address: RedisAddress, ledger: LedgerIdentity, scripts: Scripts = {}): Promise<RedisGenerations> {
    const generations = new RedisGenerations(address, ledger, scripts);
    await generations.connection.settle();
    return generations;
  }

  async live(version: string, preferred?: string): Promise<string> {
    const { registry } = await this.named();
    const isThere = preferred !== undefined || (await this.connection.ask((client) => client.hexists(registry, `live:${version}`))) === 1;
    const takenOver = isThere ? undefined : await (await this.oldOnes()).live(version);
    const id = await this.run('ledgerLive', version, preferred ?? takenOver ?? newGenerationId());
    if (id === takenOver) await this.built(id);
    await this.claim(id);
    await this.tellOldInstances(version, id);
    return id;
  }

  async open(id: string): Promise<Generation> {
    const names = await this.named();
    await this.claim(id);
    const keys = names.keysOf(id);
    return {
      id,
      readModel: await RedisReadModel.open(this.address, keys),
      leaseName: keys.lease,
      parkedRegistry: new RedisParkedRegistry(this.connection, keys.parked),
      resumePoints: new RedisResumePoints(this.connection, keys.resume),
    };
  }

  /** Runs one of the scripts that it was opened with. */
  runScript(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.connection.run(script, keys, args);
  }

  async release({ readModel }: Pick<Generation, 'readModel'>): Promise<void> {
    await readModel.close();
  }

  async begin(version: string): Promise<string> {
    const id = newGenerationId();
    const building = await this.run('ledgerBegin', version, id, `${SILENCE_MS}`);
    if (building !== id) throw new BuildUnderWay(`Generation ${building} is being built already, by this instance or another`);
    await this.claim(id);
    return id;
  }

  async report(id: string, { done, total }: { readonly done: number; readonly total: number }): Promise<void> {
    const known = await this.run('ledgerReport', id, `${done}`, `${total}`);
    if (known === '0') throw new Error(`generation ${id} was given up, since nothing was heard of its making for a minute: build another`);
    await this.claim(id);
  }

  async built(id: string): Promise<void> {
    const { registry } = await this.named();
    await this.connection.ask((client) => client.hset(registry, `built:${id}`, '1'));
  }

  async promote(version: string, id: string): Promise<void> {
    if ((await this.run('ledgerPromote', version, id)) !== id) throw new Error(`generation ${id} is not there any more: build another`);
  }

  async rollBack(version: string): Promise<string | undefined> {
    const id = await this.run('ledgerPromote', version, '');
    return id === '' ? undefined : id;
  }

  async abandon(id: string): Promise<void> {
    await this.run('ledgerAbandon', id);
  }

  async forget(version: string): Promise<void> {
    const { registry } = await this.named();
    await this.connection.ask((client) => client.hdel(registry, `previous:${version}`));
  }

  async list(): Promise<readonly GenerationInfo[]> {
    const { registry } = await this.named();
    const fields = await this.connection.read((client) => client.hgetall(registry));
    const ids = Object.keys(fields).flatMap((name) => (name.startsWith('version:') ? [name.slice('version:'.length)] : []));
    const infos = ids.map((id): GenerationInfo => {
      const version = fields[`version:${id}`]!;
      const total = fields[`total:${id}`];
      return {
        id,
        version,
        state: stateIn(fields, version, id),
        madeAt: Number(fields[`made:${id}`]),
        built: fields[`built:${id}`] === '1',
        ...(total === undefined ? {} : { progress: { done: Number(fields[`done:${id}`]), total: Number(total) } }),
      };
    });
    return infos.sort((a, b) => a.madeAt - b.madeAt);
  }

  async sweep(keepMs: number, graceMs: number): Promise<readonly string[]> {
    const { registry } = await this.named();
    const overdue = (await this.connection.run('ledgerOverdue', [registry], [`${keepMs}`, `${SILENCE_MS}`, `${graceMs}`])) as string[];
    const gone = new Set<string>();
    // Once at first also what the registry does not know: it was lost, or a deletion was cut short.
    if (!this.swept || overdue.some((id) => idInOldRegistry(id) === undefined)) {
      for (const id of await this.delete(async (id) => overdue.includes(id) || !(await this.isKnown(id)))) gone.add(id);
    }
    for (const id of overdue) {
      await this.connection.ask((client) => client.hdel(registry, ...fieldsOf(id)));
      gone.add(id);
    }
    for (const id of await (await this.oldOnes()).sweep(keepMs, (old) => this.isKnown(old))) gone.add(id);
    this.swept = true;
    return [...gone];
  }

  /** By Redis's own clock, which answers seconds and microseconds. */
  async clockMs(): Promise<number> {
    const [seconds, microseconds] = await this.connection.read((client) => client.time());
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  /** Deletes the keys of generations that are this ledger's and `unneeded`, their markers last, so that a deletion cut short is taken up again. */
  private async delete(unneeded: (id: string) => Promise<boolean>): Promise<readonly string[]> {
    const names = await this.named();
    const decided = new Map<string, boolean>();
    const markers = new Map<string, string>();
    await deleteKeys(this.connection, names.patternOf(), async (key) => {
      const id = names.generationIn(key);
      if (id === undefined) return false;
      const keys = names.keysOf(id);
      if (!decided.has(id)) decided.set(id, (await ownerOf(this.connection, keys)) === names.ledgerId && (await unneeded(id)));
      if (decided.get(id)) markers.set(id, keys.marker);
      return decided.get(id)! && key !== keys.marker;
    });
    for (const marker of markers.values()) await this.connection.ask((client) => client.unlink(marker));
    return [...markers.keys()];
  }

  /** Called repeatedly, since a marker can be lost like any other key. */
  private async claim(id: string): Promise<void> {
    const names = await this.named();
    if (!(await claim(this.connection, names.keysOf(id), names.ledgerId)))
      throw new Error(`generation ${id} in Redis is another ledger's: delete the field live of ${names.registry}, then start again`);
  }

  /** Instances of the version before delete what no instance of theirs has asked for in a long time. */
  private async tellOldInstances(version: string, id: string): Promise<void> {
    const oldId = idInOldRegistry(id);
    if (oldId !== undefined) await this.connection.run('ledgerLive', [(await this.named()).oldRegistry], [version, oldId]);
  }

  private async isKnown(id: string): Promise<boolean> {
    const { registry } = await this.named();
    return (await this.connection.ask((client) => client.hexists(registry, `version:${id}`))) === 1;
  }

  private async named(): Promise<RedisNames> {
    if (this.names) return this.names;
    const id = await this.ledger.id().catch((error: Error) => {
      throw new ReadModelUnavailable(`which ledger's read models to use is not known: ${error.message}`);
    });
    return (this.names ??= new RedisNames(this.address.prefix, id));
  }

  private async oldOnes(): Promise<OldGenerations> {
    return (this.old ??= new OldGenerations(this.connection, await this.named(), this.ledger));
  }

  private async run(script: string, ...args: readonly string[]): Promise<string> {
    return String(await this.connection.run(script, [(await this.named()).registry], args));
  }
}

function stateIn(fields: Readonly<Record<string, string>>, version: string, id: string): GenerationInfo['state'] {
  if (fields[`live:${version}`] === id) return 'LIVE';
  if (fields[`previous:${version}`] === id) return 'KEPT';
  return fields[`building:${version}`] === id ? 'BUILDING' : 'UNUSED';
}
