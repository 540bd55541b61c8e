import type { EntityKind, EntityRef } from '../domain/event';
import { entitiesOf, type EntityOf, type ProjectState } from '../domain/project-state';
import {
  byKey,
  exportConfig,
  exportExperiment,
  exportFlag,
  exportGoal,
  exportKey,
  exportSegment,
  isActive,
  type ListedKind,
} from './export';
import { exportHoldout } from './holdout';
import { writtenAnalysis, writtenMeasured, writtenRoles } from './measures';

type Section = (state: ProjectState, id: string) => object | undefined;

/** A section that lists the things of a kind that are not archived. */
function list<Kind extends ListedKind>(kind: Kind, shown: (thing: EntityOf<Kind>, state: ProjectState) => object): Section {
  return (state, id) => {
    const thing = entitiesOf(state, kind).get(id);
    return thing && isActive(thing) ? shown(thing, state) : undefined;
  };
}

/** For each kind, how one thing of it reads in a file, but for shares, which are in basis points. */
const SECTIONS: { readonly [Kind in EntityKind]: Section } = {
  project: ({ project }) => project && { name: project.name, description: project.description },
  exclusivity: ({ exclusivity }) => ({ enabled: exclusivity }),
  holdout: (state, id) => (state.holdouts.get(id)?.status === 'ACTIVE' ? exportHoldout(state) : undefined),
  key: list('key', exportKey),
  segment: list('segment', exportSegment),
  goal: list('goal', (goal) => {
    const { name, description, event, filters, ...measured } = exportGoal(goal);
    return { name, description, event, filters, ...writtenMeasured(measured) };
  }),
  flag: list('flag', (flag, state) => exportFlag(state, flag)),
  config: list('config', (config, state) => {
    const { rows, ...exported } = exportConfig(state, config);
    return { ...exported, rows: rows.map((row) => ({ ...row, values: byKey(row.values) })) };
  }),
  experiment: list('experiment', (experiment, state) => {
    const { goals, analysis, sticky, variants, ...exported } = exportExperiment(state, experiment);
    return {
      ...exported,
      ...(sticky === false && { sticky }),
      goals: goals.map((goal) => goal.name),
      ...without({ roles: writtenRoles(goals, (share) => share), analysis: writtenAnalysis(analysis) }),
      variants: variants.map((variant) => ({ ...variant, values: byKey(variant.values) })),
    };
  }),
};

/** How a thing reads in a file; undefined: it is not there, or archived. */
export function sectionOf(state: ProjectState, { kind, id }: EntityRef): object | undefined {
  return SECTIONS[kind](state, id);
}

/** Without the members that are undefined. */
const without = (members: object): object => Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
