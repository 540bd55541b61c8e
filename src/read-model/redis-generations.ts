import { randomBytes } from 'node:crypto';
import { BuildUnderWay, type Generation, type GenerationInfo, type Generations } from './generations';
import { RedisReadModel } from './redis';
import type { RedisAddress } from './redis-address';
import { RedisBoard } from './redis-board';
import { RedisConnection } from './redis-connection';
import { RedisKeys } from './redis-keys';
import { HOLD, RedisLease, RELEASE } from './redis-lease';
import { ABANDON, BEGIN, fieldsOf, LIVE, OVERDUE, PROMOTE, REPORT } from './redis-registry';
import { deleteGenerations } from './redis-sweep';

const SILENCE_MS = 60_000;

const SCRIPTS = {
  ledgerHold: HOLD,
  ledgerRelease: RELEASE,
  ledgerLive: LIVE,
  ledgerBegin: BEGIN,
  ledgerReport: REPORT,
  ledgerPromote: PROMOTE,
  ledgerAbandon: ABANDON,
  ledgerOverdue: OVERDUE,
};

/** Generations in a Redis that instances share. Their ids are drawn, not counted: should the registry be lost, no new one meets an old one's keys. */
export class RedisGenerations implements Generations {
  private readonly connection: RedisConnection;
  private readonly registry: string;
  private swept = false;

  private constructor(private readonly address: RedisAddress) {
    this.registry = `${address.prefix}:generations`;
    this.connection = new RedisConnection(address, SCRIPTS);
  }

  /** Resolves also while Redis is away: then calls are refused until it is there. */
  static async open(address: RedisAddress): Promise<RedisGenerations> {
    const generations = new RedisGenerations(address);
    await generations.connection.settle();
    return generations;
  }

  async live(version: string, preferred = newId()): Promise<string> {
    return this.run('ledgerLive', version, preferred);
  }

  async open(id: string): Promise<Generation> {
    const keys = new RedisKeys(this.address.prefix, id);
    return {
      id,
      readModel: await RedisReadModel.open(this.address, id),
      lease: new RedisLease(this.connection, keys.lease),
      board: new RedisBoard(this.connection, keys.board),
    };
  }

  async leave({ readModel }: Pick<Generation, 'readModel'>): Promise<void> {
    await readModel.close();
  }

  async begin(version: string): Promise<string> {
    const id = newId();
    const building = await this.run('ledgerBegin', version, id, `${SILENCE_MS}`);
    if (building !== id) throw new BuildUnderWay(`generation ${building} is being built already, by this instance or another`);
    return id;
  }

  async report(id: string, { done, total }: { readonly done: number; readonly total: number }): Promise<void> {
    const known = await this.connection.run('ledgerReport', [this.registry], [id, `${done}`, `${total}`]);
    if (known === 0) throw new Error(`generation ${id} was given up, since nothing was heard of its making for a minute: build another`);
  }

  async built(id: string): Promise<void> {
    await this.connection.ask((client) => client.hset(this.registry, `built:${id}`, '1'));
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
    await this.connection.ask((client) => client.hdel(this.registry, `previous:${version}`));
  }

  async list(): Promise<readonly GenerationInfo[]> {
    const fields = await this.connection.read((client) => client.hgetall(this.registry));
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

  async sweep(keep: number, rest: number): Promise<readonly string[]> {
    const overdue = (await this.connection.run('ledgerOverdue', [this.registry], [`${keep}`, `${SILENCE_MS}`, `${rest}`])) as string[];
    // Once at first also what no registry knows: one that was lost, or a deletion that was cut short.
    if (overdue.length === 0 && this.swept) return [];
    const known = async (id: string): Promise<boolean> =>
      (await this.connection.ask((client) => client.hexists(this.registry, `version:${id}`))) === 1;
    const deleted = await deleteGenerations(this.connection, this.address.prefix, async (id) => overdue.includes(id) || !(await known(id)));
    for (const id of overdue) await this.connection.ask((client) => client.hdel(this.registry, ...fieldsOf(id)));
    this.swept = true;
    return [...new Set([...overdue, ...deleted])];
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  private async run(script: string, ...args: readonly string[]): Promise<string> {
    return String(await this.connection.run(script, [this.registry], args));
  }
}

function newId(): string {
  return randomBytes(6).toString('hex');
}

function stateIn(fields: Readonly<Record<string, string>>, version: string, id: string): GenerationInfo['state'] {
  if (fields[`live:${version}`] === id) return 'LIVE';
  if (fields[`previous:${version}`] === id) return 'KEPT';
  return fields[`building:${version}`] === id ? 'BUILDING' : 'UNUSED';
}
