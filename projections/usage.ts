import type { Config } from '../src/domain/config';
import type { Experiment } from '../src/domain/experiment-state';
import type { EntityKind } from '../src/domain/event';
import type { Flag } from '../src/domain/flag';
import { apply, EMPTY_PROJECT } from '../src/domain/decider';
import type { ProjectState } from '../src/domain/project-state';
import { foldName, withArticle } from '../src/domain/text';
import { holds, usesOfConfig, usesOfExperiment, usesOfFlag, type Use } from '../src/domain/usage';
import type { Document } from '../src/read-model/read-model';
import { neverCreated, NONE, type ProjectionOf } from './projection';

/** The kinds that use something, in the order in which usages are listed. */
export const USAGE_KINDS = ['flag', 'config', 'experiment'] as const;
export type UsageKind = (typeof USAGE_KINDS)[number];

/** One flag, config or experiment, and what it names: archived or not, each thing once. */
export interface UsageDocument {
  readonly kind: UsageKind;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly uses: readonly Use[];
  readonly createdRevision: number;
  /** Of the last event that changed anything here: most edits do not. */
  readonly updatedRevision: number;
}

/** The label of the usages that hold the thing, so that it cannot be archived. */
export function usesTag({ kind, id }: Use): string {
  return `uses:${kind}:${id}`;
}

interface Draft {
  /** undefined: no event has made it yet. */
  readonly document: UsageDocument | undefined;
  /** Holds the usage and nothing else. */
  readonly state: ProjectState;
}

/** One document per usage, labelled with what it holds now (K5, S5, G2). */
export const usage: ProjectionOf<UsageDocument, Draft> = {
  collection: 'usage',
  touches: ({ entity: { kind, id } }) => (isUsageKind(kind) ? [`${kind}:${id}`] : NONE),
  open: (document) => ({
    document,
    state: document ? aloneWith(document) : EMPTY_PROJECT,
  }),
  evolve(draft, event) {
    const { entity, revision } = event;
    if (!isUsageKind(entity.kind)) throw new Error(`${event.type} is about ${withArticle(entity.kind)}, which uses nothing`);
    const state = apply(draft.state, event);
    const used = usageIn(state, entity.kind, entity.id);
    if (!used) throw neverCreated(event, `the ${entity.kind} "${entity.id}"`);
    const { document: before } = draft;
    if (before && used.name === before.name && used.status === before.status && sameUses(used.uses, before.uses)) return draft;
    const createdRevision = before ? before.createdRevision : revision;
    return { state, document: { kind: entity.kind, id: entity.id, ...used, createdRevision, updatedRevision: revision } };
  },
  close: ({ document }) => document as UsageDocument & Document,
  index({ kind, name, status, uses, createdRevision, updatedRevision }) {
    const folded = foldName(name);
    return {
      name: folded,
      created: createdRevision,
      updated: updatedRevision,
      archived: status === 'ARCHIVED',
      status,
      text: folded,
      tags: uses.filter((use) => holds(kind, status, use.kind)).map(usesTag),
    };
  },
};

function isUsageKind(kind: EntityKind): kind is UsageKind {
  return kind === 'flag' || kind === 'config' || kind === 'experiment';
}

/** Not by way of canonical JSON: it is asked for every event of a rebuild. */
function sameUses(a: readonly Use[], b: readonly Use[]): boolean {
  return a.length === b.length && a.every((use, at) => use.kind === b[at]?.kind && use.id === b[at]?.id);
}

/** The usage as the domain's fold left it. */
function usageIn(state: ProjectState, kind: UsageKind, id: string): Pick<UsageDocument, 'name' | 'status' | 'uses'> | undefined {
  const describe = <E extends { readonly name: string; readonly status: string }>(
    entity: E | undefined,
    usesOf: (entity: E) => readonly Use[],
  ) => entity && { name: entity.name, status: entity.status, uses: usesOf(entity) };
  switch (kind) {
    case 'flag':
      return describe(state.flags.get(id), usesOfFlag);
    case 'config':
      return describe(state.configs.get(id), usesOfConfig);
    case 'experiment':
      return describe(state.experiments.get(id), usesOfExperiment);
  }
}

/**
 * A state with nothing but the usage in it, so that the domain's fold says what an event makes of it. It is rebuilt from what the document
 * names; the rest of the entity (values, weights, intakes) is left empty, since it decides nothing about name, status and uses, and would
 * make the document as large as the entity. Whole literals and no spread defaults: those make every event of a usage three times as slow.
 */
function aloneWith({ kind, id, name, status, uses }: UsageDocument): ProjectState {
  const named: Record<Use['kind'], string[]> = { key: [], segment: [], goal: [] };
  for (const use of uses) named[use.kind].push(use.id);
  const { key: keys, segment: segments, goal: goals } = named;
  const description = '';
  const archivedFrom = null;
  switch (kind) {
    case 'flag': {
      const key = keys[0] ?? '';
      const rows = segments.map((segment) => ({ id: 'r0', segment, percentage: 0, value: null }));
      const flag: Flag = { id, name, description, key, rows, rowIdsGiven: 0, status: status as Flag['status'], archivedFrom };
      return { ...EMPTY_PROJECT, flags: EMPTY_PROJECT.flags.set(id, flag) };
    }
    case 'config': {
      const rows = segments.map((segment) => ({ id: 'r0', segment, values: [] }));
      const config: Config = { id, name, description, keys, rows, rowIdsGiven: 0, status: status as Config['status'], archivedFrom };
      return { ...EMPTY_PROJECT, configs: EMPTY_PROJECT.configs.set(id, config) };
    }
    case 'experiment': {
      const experiment: Experiment = {
        id,
        name,
        description,
        audience: segments[0] ?? null,
        keys,
        goals,
        status: status as Experiment['status'],
        archivedFrom,
        traffic: 0,
        variants: [],
        variantIdsGiven: 0,
        exclusive: false,
        started: null,
        intakes: [],
        rolledOut: null,
      };
      return { ...EMPTY_PROJECT, experiments: EMPTY_PROJECT.experiments.set(id, experiment) };
    }
  }
}
