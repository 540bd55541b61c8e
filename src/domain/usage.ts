import type { EntityKind, EntityRef } from './event';
import { entitiesOf, type EntityOf, type PluralKind, type ProjectState } from './project-state';
import { inUse, type RefusalOf, type Usage } from './refusal';

/** One thing that an experience uses. */
export interface Use {
  readonly kind: 'key' | 'segment' | 'goal';
  readonly id: string;
}

type WithRows = { readonly rows: readonly { readonly segment: string | null }[] };

const segmentsOf = ({ rows }: WithRows): readonly Use[] => segmentUses(rows.map((row) => row.segment));
const segmentUses = (ids: readonly (string | null)[]): readonly Use[] =>
  [...new Set(ids)].filter((id) => id !== null).map((id) => ({ kind: 'segment', id }));

/** What a flag uses, live or not, in the order it names them, each once. */
export function usesOfFlag(flag: WithRows & { readonly key: string }): readonly Use[] {
  return [{ kind: 'key', id: flag.key }, ...segmentsOf(flag)];
}

export function usesOfConfig(config: WithRows & { readonly keys: readonly string[] }): readonly Use[] {
  return [...config.keys.map((id): Use => ({ kind: 'key', id })), ...segmentsOf(config)];
}

export function usesOfExperiment(experiment: {
  readonly audience: string | null;
  readonly keys: readonly string[];
  readonly goals: readonly { readonly id: string }[];
}): readonly Use[] {
  return [
    ...experiment.keys.map((id): Use => ({ kind: 'key', id })),
    ...segmentUses([experiment.audience]),
    ...experiment.goals.map(({ id }): Use => ({ kind: 'goal', id })),
  ];
}

/** What the things of a kind use; null: nothing. It is here and not in the concepts, since the guards of what is used ask it. */
const USES = {
  key: null,
  segment: null,
  goal: null,
  flag: usesOfFlag,
  config: usesOfConfig,
  experiment: usesOfExperiment,
  holdout: null,
} as const satisfies { readonly [Kind in PluralKind]: ((entity: EntityOf<Kind>) => readonly Use[]) | null };

/** The kinds that use something. */
export type UsageKind = { [Kind in PluralKind]: (typeof USES)[Kind] extends null ? never : Kind }[PluralKind];
/** In the order in which usages are listed. */
export const USAGE_KINDS = (Object.keys(USES) as PluralKind[]).filter((kind): kind is UsageKind => USES[kind] !== null);

export function isUsageKind(kind: EntityKind): kind is UsageKind {
  return (USAGE_KINDS as readonly EntityKind[]).includes(kind);
}

export function usesOf<Kind extends UsageKind>(kind: Kind, entity: EntityOf<Kind>): readonly Use[] {
  return USES[kind](entity as never);
}

/**
 * Whether an experience in this status holds a thing of that kind, so that it cannot be archived. A flag or config does until
 * it is archived (K5, S5); an experiment holds keys and its segment while draft, running or rolled out, and goals only
 * while draft or running, since a roll-out measures nothing (G2).
 */
export function holds(kind: EntityKind, status: string, used: Use['kind']): boolean {
  if (kind !== 'experiment') return status !== 'ARCHIVED';
  return status === 'DRAFT' || status === 'RUNNING' || (status === 'ROLLED_OUT' && used !== 'goal');
}

/** An experience, and what it holds. */
export interface Holder {
  readonly usage: Usage;
  readonly held: readonly Use[];
}

/** Every flag, config and experiment with what it uses: that cannot be archived meanwhile. */
export function* holders(state: ProjectState): Iterable<Holder> {
  for (const kind of USAGE_KINDS) {
    for (const entity of entitiesOf(state, kind).values()) {
      const { id, name, status } = entity;
      yield { usage: { kind, id, name, status }, held: usesOf(kind, entity).filter((use) => holds(kind, status, use.kind)) };
    }
  }
}

/** Everyone who holds the thing, in the order of `byKindAndName`. */
export function usagesOf(state: ProjectState, { kind, id }: Use): readonly Usage[] {
  return indexOf(state).get(`${kind}:${id}`)?.toSorted(byKindAndName) ?? [];
}

interface Index {
  readonly of: readonly unknown[];
  readonly usages: Map<string, Usage[]>;
}

/** Kept by the first of the maps that an index is made of, so that states that share these maps share the index. */
const indexes = new WeakMap<object, Index>();

/** For each thing that is used, what uses it. It is made once for all states with the same experiences, of which many things may be asked. */
function indexOf(state: ProjectState): ReadonlyMap<string, readonly Usage[]> {
  const of = USAGE_KINDS.map((kind) => entitiesOf(state, kind));
  const known = indexes.get(of[0] as object);
  if (known?.of.every((map, at) => map === of[at])) return known.usages;
  const usages = new Map<string, Usage[]>();
  for (const { usage, held } of holders(state)) {
    for (const { kind, id } of held) {
      const list = usages.get(`${kind}:${id}`);
      if (list === undefined) usages.set(`${kind}:${id}`, [usage]);
      else if (list.at(-1) !== usage) list.push(usage);
    }
  }
  indexes.set(of[0] as object, { of, usages });
  return usages;
}

/** How usages are listed: flags, configs, then experiments, each by name. */
export function byKindAndName(a: Usage, b: Usage): number {
  return order(a.kind) - order(b.kind) || (a.name < b.name ? -1 : 1);
}

const order = (kind: EntityKind): number => (USAGE_KINDS as readonly EntityKind[]).indexOf(kind);

/** The guard of K5, S5 and G2: a thing in use cannot be archived, and the refusal lists every usage. */
export function refusalIfUsed(state: ProjectState, entity: EntityRef): RefusalOf<'IN_USE'> | undefined {
  const usages = usagesOf(state, entity as Use);
  if (usages.length === 0) return undefined;
  return inUse(
    `The ${entity.kind} "${entity.name}" is used by ${listUsages(usages)}. Take it out of them, or archive them, first.`,
    usages,
  );
}

/** The first few in words, and how many more: a message stays readable, and the refusal's data holds them all. */
export function listUsages(usages: readonly Usage[], atMost = 5): string {
  const words = usages.slice(0, atMost).map(({ kind, name, status }) => `${kind} "${name}" (${status.toLowerCase().replace('_', ' ')})`);
  const more = usages.length - words.length;
  return more > 0 ? `${words.join(', ')} and ${more} more` : words.join(', ');
}
