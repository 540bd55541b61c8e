import type { Envelope } from '../domain/event';

/** How the data of one version of an event type reads in the next. Pure: it may look at the rest of the event, never elsewhere. */
export interface Upcast {
  readonly type: string;
  readonly from: number;
  data(data: object, event: Envelope): object;
}

/**
 * An event of a type or version that this instance does not know. It must not decide on, or project, half a truth: that project
 * stops here until the instance is upgraded. Trying again cannot help.
 */
export class UpgradeRequired extends Error {
  readonly projectId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly revision: number;

  constructor(event: Envelope) {
    const { projectId, type, schemaVersion, revision } = event;
    super(`event ${revision} of project ${projectId} is ${type} version ${schemaVersion}, which this version does not know: upgrade it`);
    this.projectId = projectId;
    this.type = type;
    this.schemaVersion = schemaVersion;
    this.revision = revision;
  }
}

/** An event as this version knows it; undefined for a retired type, which is passed over. */
export type Upcaster = (event: Envelope) => Envelope | undefined;

/**
 * Makes the read boundary: `known` has each event type with its current schema version, `steps` lead there one version at a time.
 * A missing, doubled or superfluous step is found here, at the start, and not when the first old event is met years later.
 *
 * Only `data` and `schemaVersion` change. `hash` stays that of the event as it was written, so the chain is verified on stored
 * events, before this.
 */
export function createUpcaster(known: ReadonlyMap<string, number>, steps: readonly Upcast[], retired: ReadonlySet<string>): Upcaster {
  const table = new Map<string, Upcast>();
  for (const step of steps) {
    const name = `${step.type} v${step.from}`;
    if (table.has(name)) throw new Error(`there are two upcasters from ${name}`);
    const current = known.get(step.type);
    if (current === undefined || step.from < 1 || step.from >= current)
      throw new Error(`the upcaster from ${name} leads to no known version`);
    table.set(name, step);
  }
  for (const [type, current] of known) {
    if (retired.has(type)) throw new Error(`${type} cannot be both known and retired`);
    for (let version = 1; version < current; version += 1) {
      if (!table.has(`${type} v${version}`)) throw new Error(`there is no upcaster from ${type} v${version}`);
    }
  }
  return (event) => {
    if (retired.has(event.type)) return undefined;
    const current = known.get(event.type);
    const { schemaVersion } = event;
    if (current === undefined || !Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > current)
      throw new UpgradeRequired(event);
    let upcast = event;
    for (let version = schemaVersion; version < current; version += 1) {
      const step = table.get(`${event.type} v${version}`) as Upcast;
      upcast = { ...upcast, schemaVersion: version + 1, data: step.data(upcast.data, upcast) };
    }
    return upcast;
  };
}

/** Type and schema version of an event. */
export function kindOf({ type, schemaVersion }: Pick<Envelope, 'type' | 'schemaVersion'>): string {
  return `${schemaVersion} ${type}`;
}

/** Whether events of this kind can be read. */
export function knowsKind(upcast: Upcaster, kind: string): boolean {
  const [version = '', ...type] = kind.split(' ');
  try {
    upcast({ type: type.join(' '), schemaVersion: Number(version), data: {} } as Envelope);
  } catch (error) {
    // An upcast may well fail on an event without data.
    return !(error instanceof UpgradeRequired);
  }
  return true;
}

/** For anyone who only shows events: one that this version does not know, or knows as retired, is given as it was written. */
export function showing(upcast: Upcaster): (event: Envelope) => Envelope {
  return (event) => {
    try {
      return upcast(event) ?? event;
    } catch (error) {
      if (error instanceof UpgradeRequired) return event;
      throw error;
    }
  };
}
