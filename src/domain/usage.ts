import type { EntityKind, EntityRef } from './event';
import type { ProjectState } from './project-state';
import { inUse, type Refusal, type User } from './refusal';

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
  readonly goals: readonly string[];
}): readonly Use[] {
  return [
    ...experiment.keys.map((id): Use => ({ kind: 'key', id })),
    ...segmentUses([experiment.audience]),
    ...experiment.goals.map((id): Use => ({ kind: 'goal', id })),
  ];
}

/**
 * Whether an experience in this status holds a thing of that kind, so that it cannot be archived. A flag or config does until
 * it is archived (K5, S5); an experiment holds keys and its segment while draft, running or rolled out, and goals only
 * while draft or running, since a roll-out measures nothing (G2).
 */
export function holds(user: EntityKind, status: string, used: Use['kind']): boolean {
  if (user !== 'experiment') return status !== 'ARCHIVED';
  return status === 'DRAFT' || status === 'RUNNING' || (status === 'ROLLED_OUT' && used !== 'goal');
}

/** An experience, and what it holds. */
export interface Holder {
  readonly user: User;
  readonly held: readonly Use[];
}

/** Every experience with what it holds, so that it cannot be archived. */
export function* holders({ flags, configs, experiments }: ProjectState): Iterable<Holder> {
  for (const flag of flags.values()) yield holder('flag', flag, usesOfFlag(flag));
  for (const config of configs.values()) yield holder('config', config, usesOfConfig(config));
  for (const experiment of experiments.values()) yield holder('experiment', experiment, usesOfExperiment(experiment));
}

function holder(kind: EntityKind, { id, name, status }: Omit<User, 'kind'>, uses: readonly Use[]): Holder {
  return { user: { kind, id, name, status }, held: uses.filter((use) => holds(kind, status, use.kind)) };
}

/** Everyone who holds the thing, in the order of `byKindAndName`. */
export function usersOf(state: ProjectState, used: Use): readonly User[] {
  const users: User[] = [];
  for (const { user, held } of holders(state)) {
    if (held.some(({ kind, id }) => kind === used.kind && id === used.id)) users.push(user);
  }
  return users.sort(byKindAndName);
}

const KINDS: readonly EntityKind[] = ['flag', 'config', 'experiment'];

/** How users are listed: flags, configs, then experiments, each by name. */
export function byKindAndName(a: User, b: User): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.name < b.name ? -1 : 1);
}

/** The guard of K5, S5 and G2: a thing in use cannot be archived, and the refusal lists every user. */
export function refusalIfUsed(state: ProjectState, entity: EntityRef): Refusal | undefined {
  const users = usersOf(state, entity as Use);
  if (users.length === 0) return undefined;
  return inUse(`The ${entity.kind} "${entity.name}" is used by ${listUsers(users)}. Take it out of them, or archive them, first.`, users);
}

/** The first few in words, and how many more: a message stays readable, and the refusal's data holds them all. */
export function listUsers(users: readonly User[], atMost = 5): string {
  const words = users.slice(0, atMost).map(({ kind, name, status }) => `${kind} "${name}" (${status.toLowerCase().replace('_', ' ')})`);
  const more = users.length - words.length;
  return more > 0 ? `${words.join(', ')} and ${more} more` : words.join(', ');
}
