import { sha256 } from '../domain/json';
import type { ClickHouseHttp } from './clickhouse-http';
import { ObservationsUnavailable, VOCABULARY_LIMITS } from './observations';
import type { Appended, Exposure, Observation, UserEvent } from './observations';
import { propertyType } from './vocabulary';

const ID_LENGTH = 32;

/** The most items in one insert, but for a batch that alone has more. */
const GROUP_ITEMS = 10_000;

interface Waiting {
  readonly projectId: string;
  readonly batch: readonly Observation[];
  resolve(answers: readonly Appended[]): void;
  reject(error: unknown): void;
}

type EventRow = [user: string, id: string, content: string, at: number | string, receivedAt: number | string];
type ExposureRow = [experiment: string, user: string, variant: string, at: number | string, receivedAt: number | string];
interface Found {
  readonly content: string;
  readonly at: number;
  readonly receivedAt: number;
}

/** Appends what waits as one insert, one after another, since ClickHouse takes few large inserts better than many small ones. */
export class ClickHouseAppender {
  private queue: Waiting[] = [];
  private working: Promise<void> = Promise.resolve();
  private isWorking = false;
  private readonly known = new Map<string, Set<string>>();
  private isClosed = false;

  /** `last`: when something was last received. */
  constructor(
    private readonly http: ClickHouseHttp,
    private readonly clock: (() => number) | undefined,
    private last: number,
  ) {}

  append(projectId: string, batch: readonly Observation[]): Promise<readonly Appended[]> {
    if (this.isClosed) return Promise.reject(new ObservationsUnavailable('the store of observations has been closed'));
    return new Promise((resolve, reject) => {
      this.queue.push({ projectId, batch, resolve, reject });
      if (!this.isWorking) this.working = this.work();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.working;
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    // What is asked in the same turn goes together.
    await Promise.resolve();
    for (let first = this.queue.shift(); first !== undefined; first = this.queue.shift()) {
      const group = [first];
      for (let items = first.batch.length; this.queue[0]?.projectId === first.projectId && items < GROUP_ITEMS;) {
        group.push(this.queue[0]);
        items += this.queue.shift()!.batch.length;
      }
      try {
        const answers = await this.write(
          first.projectId,
          group.flatMap(({ batch }) => batch),
        );
        let from = 0;
        for (const { batch, resolve } of group) resolve(answers.slice(from, (from += batch.length)));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.isWorking = false;
  }

  private async write(projectId: string, items: readonly Observation[]): Promise<readonly Appended[]> {
    const receivedAt = (this.last = Math.max(this.last, await this.now()));
    const events = await this.eventsFound(
      projectId,
      items.filter((item) => item.kind === 'event'),
    );
    const exposures = await this.exposuresFound(
      projectId,
      items.filter((item) => item.kind === 'exposure'),
    );
    const newEvents: unknown[][] = [];
    const newExposures: unknown[][] = [];
    const answers = items.map((item): Appended => {
      const { at = receivedAt } = item;
      if (item.kind === 'event') {
        const [id, content] = [hashed(item.id), hashed(item.content)];
        const found = events.get(`${item.user} ${id}`);
        if (found !== undefined && found.content !== content) return { outcome: 'conflict', receivedAt: found.receivedAt };
        if (found !== undefined) return { outcome: 'repeated', at: found.at, receivedAt: found.receivedAt };
        events.set(`${item.user} ${id}`, { content, at, receivedAt });
        newEvents.push([projectId, item.user, id, item.event, content, at, receivedAt, JSON.stringify(item.properties)]);
      } else {
        const key = exposureKey(item.experiment, item.user, item.variant);
        const found = exposures.get(key);
        if (found !== undefined && found.at <= at) return { outcome: 'repeated', ...found };
        exposures.set(key, { at, receivedAt });
        newExposures.push([projectId, item.experiment, item.user, item.variant, at, receivedAt, item.revision]);
      }
      return { outcome: 'appended', at, receivedAt };
    });
    await this.http.insert('observed_events', newEvents);
    await this.http.insert('observed_exposures', newExposures);
    await this.addVocabulary(projectId, items);
    return answers;
  }

  /** ClickHouse's own clock, so that all instances have one, unless another was given. */
  private async now(): Promise<number> {
    if (this.clock !== undefined) return this.clock();
    const [[ms]] = (await this.http.query<[number | string]>('SELECT toUnixTimestamp64Milli(now64(3))')) as [[number | string]];
    return Number(ms);
  }

  private async eventsFound(projectId: string, events: readonly UserEvent[]): Promise<Map<string, Found>> {
    const found = new Map<string, Found>();
    if (events.length === 0) return found;
    // All of it is hexadecimal digits.
    const names = events.map(({ user, id }) => `('${user}','${hashed(id)}')`).join();
    const rows = await this.http.query<EventRow>(
      `SELECT user, id, content, at, received_at FROM observed_events WHERE project = {project:String} AND (user, id) IN (${names})
        ORDER BY user, id, received_at, content LIMIT 1 BY user, id`,
      { project: projectId },
    );
    for (const [user, id, content, at, receivedAt] of rows)
      found.set(`${user} ${id}`, { content, at: Number(at), receivedAt: Number(receivedAt) });
    return found;
  }

  private async exposuresFound(
    projectId: string,
    exposures: readonly Exposure[],
  ): Promise<Map<string, { readonly at: number; readonly receivedAt: number }>> {
    const found = new Map<string, { readonly at: number; readonly receivedAt: number }>();
    if (exposures.length === 0) return found;
    const users = [...new Set(exposures.map(({ user }) => `'${user}'`))].join();
    const experiments = [...new Set(exposures.map(({ experiment }) => experiment))];
    const rows = await this.http.query<ExposureRow>(
      `SELECT experiment, user, variant, at, received_at FROM observed_exposures
        WHERE project = {project:String} AND experiment IN (${experiments.map((_, at) => `{x${at}:String}`).join()}) AND user IN (${users})
        ORDER BY experiment, user, variant, at LIMIT 1 BY experiment, user, variant`,
      { project: projectId, ...Object.fromEntries(experiments.map((experiment, at) => [`x${at}`, experiment])) },
    );
    for (const [experiment, user, variant, at, receivedAt] of rows)
      found.set(exposureKey(experiment, user, variant), { at: Number(at), receivedAt: Number(receivedAt) });
    return found;
  }

  /** What this instance has not added yet; that others add it as well does no harm. */
  private async addVocabulary(projectId: string, items: readonly Observation[]): Promise<void> {
    const rows: string[][] = [];
    for (const item of items) {
      if (item.kind !== 'event') continue;
      const key = `${projectId}\n${item.event}`;
      let known = this.known.get(key);
      if (known === undefined) {
        if (this.known.size >= VOCABULARY_LIMITS.events) continue;
        this.known.set(key, (known = new Set()));
      }
      for (const [name, type] of [['', ''], ...Object.entries(item.properties).map(([of, value]) => [of, propertyType(value)])]) {
        if (type === undefined || known.has(`${type}\n${name}`) || known.size > VOCABULARY_LIMITS.properties) continue;
        known.add(`${type}\n${name}`);
        rows.push([projectId, item.event, name!, type]);
      }
    }
    try {
      await this.http.insert('observed_vocabulary', rows);
    } catch (error) {
      this.known.clear();
      throw error;
    }
  }
}

function hashed(text: string): string {
  return sha256(text).slice(0, ID_LENGTH);
}

function exposureKey(experiment: string, user: string, variant: string): string {
  return JSON.stringify([experiment, user, variant]);
}
